// Claims that found nothing and wait for something to be ready, so that the transaction that makes it ready hands it out.
//
// Owns:       which claims wait, and where each worker is known to find nothing.
// Invariants: WC1 a claim waits only while each half was found empty for its worker with no hint of work since, or is
//                 being searched by another claim of that worker.
//             WC2 a claim is answered once: with tasks, with an error, or with nothing when its time is over.
//             WC3 a lost hint costs a worker no more than the time for which its claims wait.
import { fromErrorRecord } from '@chorale/lib-errors';
import type { WorkerId } from '@chorale/lib-ids';
import type { ClaimedTask, ClaimTasks, Command, CommitHint, Outcome } from '@chorale/module-goals';
import { laneSuits, parseLane } from '@chorale/module-scheduling';
import type { Half } from './postgres-queue.ts';

export interface WaitingClaim {
  readonly claim: ClaimTasks;
  readonly resolve: (tasks: readonly ClaimedTask[]) => void;
  readonly reject: (error: unknown) => void;
  timer: NodeJS.Timeout | undefined;
  /** Its time ended while it was being looked for. */
  isOver: boolean;
}

interface Claimant {
  labels: ReadonlySet<string> | undefined;
  /** All that have no answer yet. */
  readonly open: Set<WaitingClaim>;
  readonly idle: WaitingClaim[];
  /** Halves that were found empty; a hint replaces the set, so that a search it overtook notes its find in vain. */
  empty: Set<Half>;
  /** Halves that a claim of this worker searches now: a second one would find what the first one leaves. */
  readonly searched: Set<Half>;
}

/** Claims of one worker that go with a batch as one. */
export interface TakenClaims {
  readonly claim: ClaimTasks;
  readonly end: (outcome: Outcome) => void;
}

export interface Search {
  readonly half: Half;
  /** To be called with whether it found all there is. */
  readonly end: (foundAll: boolean) => void;
}

export class WaitingClaims {
  readonly #claimants = new Map<WorkerId, Claimant>();
  readonly #answers = new Set<Promise<unknown>>();
  #isClosed = false;
  /** Looks for work for a claim, and calls `wait` when there is nowhere to look. */
  readonly #look: (claim: WaitingClaim) => void;

  constructor(look: (claim: WaitingClaim) => void) {
    this.#look = look;
  }

  add(claim: ClaimTasks): Promise<readonly ClaimedTask[]> {
    if (this.#isClosed) return Promise.resolve([]);
    const answer = new Promise<readonly ClaimedTask[]>((resolve, reject) => {
      const waiting: WaitingClaim = { claim, resolve, reject, timer: undefined, isOver: false };
      waiting.timer = setTimeout(() => this.#end(waiting), claim.waitMs);
      this.#claimant(claim.workerId).open.add(waiting);
      this.#look(waiting);
    });
    this.#answers.add(answer);
    const settled = (): void => void this.#answers.delete(answer);
    answer.then(settled, settled);
    return answer;
  }

  /** Where to look for it next; undefined when it is to wait. */
  beginSearch({ claim: { workerId }, isOver }: WaitingClaim): Search | undefined {
    const claimant = this.#claimant(workerId);
    const { empty, searched } = claimant;
    const half = ([0, 1] as const).find((one) => !empty.has(one) && !searched.has(one));
    if (half === undefined || isOver) return undefined;
    searched.add(half);
    const end = (foundAll: boolean): void => {
      searched.delete(half);
      if (foundAll) empty.add(half);
      else this.#lookAgain(claimant);
    };
    return { half, end };
  }

  wait(waiting: WaitingClaim): void {
    if (waiting.isOver) this.#answer(waiting, []);
    else this.#claimant(waiting.claim.workerId).idle.push(waiting);
  }

  /** Of each worker about half of the slots it asks for at all: the other line will need some meanwhile. */
  take(): readonly TakenClaims[] {
    const taken: TakenClaims[] = [];
    for (const { idle, open } of this.#claimants.values()) {
      if (idle.length === 0) continue;
      let asked = 0;
      for (const { claim } of open) asked += claim.slots;
      const parts: WaitingClaim[] = [];
      let slots = 0;
      while (idle.length > 0 && slots < asked / 2) {
        const part = idle.shift()!;
        parts.push(part);
        slots += part.claim.slots;
      }
      taken.push({ claim: { ...parts[0]!.claim, slots }, end: (outcome) => this.#share(parts, outcome) });
    }
    return taken;
  }

  #share(parts: readonly WaitingClaim[], outcome: Outcome): void {
    let from = 0;
    for (const part of parts) {
      const own =
        'error' in outcome ? outcome : { reply: { tasks: tasksOf(outcome).slice(from, from + part.claim.slots) } };
      from += part.claim.slots;
      if (!this.settle(part, own)) this.#look(part);
    }
  }

  /** True when the claim has its answer. */
  settle(waiting: WaitingClaim, outcome: Outcome): boolean {
    if ('error' in outcome) {
      this.fail(waiting, fromErrorRecord(outcome.error));
      return true;
    }
    const tasks = tasksOf(outcome);
    if (tasks.length > 0) this.#answer(waiting, tasks);
    return tasks.length > 0;
  }

  fail(waiting: WaitingClaim, error: unknown): void {
    this.#close(waiting);
    waiting.reject(error);
  }

  /** Tasks are ready and nobody took them: those who may want them look. `half`: where, if that is known. */
  heard({ readyLanes }: CommitHint, half?: Half): void {
    if (readyLanes.length === 0) return;
    const lanes = readyLanes.map(parseLane);
    for (const claimant of this.#claimants.values()) {
      const { labels, empty } = claimant;
      if (labels !== undefined && !lanes.some((lane) => laneSuits(lane, labels))) continue;
      const other = half === 0 ? 1 : 0;
      claimant.empty = new Set(half !== undefined && empty.has(other) ? [other] : []);
      this.#lookAgain(claimant);
    }
  }

  /** Whatever was found, those that wait look once more. */
  lookAgain(): void {
    for (const claimant of this.#claimants.values()) {
      claimant.empty = new Set();
      this.#lookAgain(claimant);
    }
  }

  /** Follows who is there, by the commands that pass. */
  note(command: Command): void {
    if (command.command === 'register-worker')
      this.#claimant(command.worker.workerId).labels = new Set(command.worker.labels);
    if (command.command !== 'retire-worker') return;
    this.takeBack(command.workerId);
    this.#claimants.delete(command.workerId);
  }

  takeBack(workerId: WorkerId): void {
    const claimant = this.#claimants.get(workerId);
    for (const waiting of claimant?.idle.splice(0) ?? []) this.#answer(waiting, []);
    for (const searching of claimant?.open ?? []) searching.isOver = true;
  }

  /** Resolves when every claim has its answer: some may be with the database. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const workerId of this.#claimants.keys()) this.takeBack(workerId);
    await Promise.allSettled(this.#answers);
  }

  #claimant(workerId: WorkerId): Claimant {
    let claimant = this.#claimants.get(workerId);
    if (claimant === undefined) {
      claimant = { labels: undefined, open: new Set(), idle: [], empty: new Set(), searched: new Set() };
      this.#claimants.set(workerId, claimant);
    }
    return claimant;
  }

  #lookAgain({ idle }: Claimant): void {
    for (const waiting of idle.splice(0)) this.#look(waiting);
  }

  #end(waiting: WaitingClaim): void {
    waiting.isOver = true;
    const claimant = this.#claimant(waiting.claim.workerId);
    const at = claimant.idle.indexOf(waiting);
    if (at < 0) return;
    claimant.idle.splice(at, 1);
    // The worker's next claim looks for itself, whatever was hinted (WC3).
    claimant.empty = new Set();
    this.#answer(waiting, []);
  }

  #answer(waiting: WaitingClaim, tasks: readonly ClaimedTask[]): void {
    this.#close(waiting);
    waiting.resolve(tasks);
  }

  #close(waiting: WaitingClaim): void {
    clearTimeout(waiting.timer);
    this.#claimants.get(waiting.claim.workerId)?.open.delete(waiting);
  }
}

export function tasksOf(outcome: Extract<Outcome, { reply: unknown }>): readonly ClaimedTask[] {
  return (outcome.reply as { readonly tasks: readonly ClaimedTask[] }).tasks;
}
