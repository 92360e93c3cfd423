// What a worker does under one lease: claims as many tasks as it has slots for, runs an attempt at each, and reports
// how they end.
//
// Owns:       the attempts under way, and the lease they stand under.
// Invariants: W1 at most `slots` attempts run at once, and claims on their way ask for no more than are free. There is
//                one at most, or a few where the store keeps them until there is work.
//             W2 a claim follows whenever slots are free and work may be there: after a hint, after an end of its own,
//                and at least once every poll, whatever hints are lost.
//             W3 when the lease is over every attempt is stopped and nothing of it is reported; none begins a call, also
//                before anything has noticed.
//             W4 an attempt whose end cannot be recorded ends the lease: no task says `running` with nobody at it.
//             W5 when `ended` resolves, no attempt is left.
//             W8 a task whose plan cannot be read for now is handed back in its run, after a pause.
//             W6 what a claim gave whose answer never came is handed back before the next claim: no task says `running`
//                because of a lease that is kept up by somebody who knows nothing of it.

import { broken, toErrorRecord } from '@chorale/lib-errors';
import type { Random, TenantId, WorkerId } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import { AttemptStop, type AttemptEnd, type AttemptRequest, type StopReason } from '@chorale/module-agents';
import type { ClaimedTask, CommitHint, GoalStore, Hold, TaskDefinition } from '@chorale/module-goals';
import { laneSuits, parseLane } from '@chorale/module-scheduling';
import type { Log } from '../process/log.ts';
import { reportEnd } from './report-end.ts';
import { WorkerLease, type WorkerIdentity } from './worker-lease.ts';

export interface WorkerOptions {
  readonly store: Pick<GoalStore, 'execute' | 'onCommit' | 'listHeld' | 'keepsClaims'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly identity: WorkerIdentity;
  /** Default 30 s. */
  readonly leaseMs?: number;
  /** Attempts at once. */
  readonly slots: number;
  /** Told of each worker id before it is registered, and when it holds nothing any more. */
  readonly traces: { leave(workerId: WorkerId): Promise<void>; remove(workerId: WorkerId): Promise<void> };
  /** The claimed task's entry in its plan; undefined when the plan has none. */
  readonly findDefinition: (claimed: ClaimedTask) => Promise<TaskDefinition | undefined>;
  readonly runAttempt: (request: AttemptRequest, stop: AttemptStop) => Promise<AttemptEnd>;
}

/** Between looks for work that no hint told of; varied by a quarter, so that workers do not look in step. */
const pollMs = 1_000;

/** Claims that a store keeps: the first asks for half of what is free, so that one waits while another is answered. */
const keptClaimsMax = 4;
/** Before a task is handed back that cannot be read for now. */
const unreadableMs = 1_000;
/** Fewer free slots are asked for by one claim. */
const splitFrom = 64;

interface Attempt {
  readonly hold: Hold;
  readonly stop: AttemptStop;
  readonly ended: Promise<void>;
}

export class WorkerSession {
  readonly #options: WorkerOptions;
  readonly #lease: WorkerLease;
  readonly #labels: ReadonlySet<string>;
  readonly #attempts = new Map<string, Attempt>();
  readonly #timers = new Map<'poll' | 'heartbeat' | 'expiry', () => void>();
  /** Attempts that compute; one that only waits for its end to be recorded has freed its slot. */
  #slotsUsed = 0;
  #claims = 0;
  /** Slots that claims on their way ask for. */
  #slotsAsked = 0;
  /** The last claim failed: the next one comes after a hint, an end or the poll. */
  #claimFailed = false;
  /** A claim failed in a way that does not say whether it was carried out. */
  #claimUnknown = false;
  #workMayBeThere = true;
  #state: 'claiming' | 'draining' | 'over' = 'claiming';
  #unsubscribe: () => void = () => {};
  #resolveEnded: () => void = () => {};

  /** Resolves when the lease is over or given up, and no attempt is left. */
  readonly ended: Promise<void>;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#lease = new WorkerLease(options);
    this.#labels = new Set(options.identity.labels);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Registers and begins to claim. Rejects when the store cannot be reached. */
  async begin(): Promise<void> {
    await this.#options.traces.leave(this.#lease.workerId);
    await this.#lease.register();
    this.#options.log.info('worker registered', { worker: this.#lease.workerId, slots: this.#options.slots });
    this.#unsubscribe = this.#options.store.onCommit((hint) => this.#onCommit(hint));
    this.#watchExpiry();
    this.#beatIn(this.#lease.heartbeatMs);
    this.#pollLater();
    this.#pump();
  }

  /** Claims nothing more; `ended` resolves when the attempts under way have ended and the lease is given back. */
  drain(): void {
    if (this.#state !== 'claiming') return;
    this.#state = 'draining';
    this.#takeClaimsBack();
    this.#settle();
  }

  /** Hands back what is under way. */
  stop(): void {
    this.drain();
    this.#stopAll('drain');
  }

  handBack(tenants: ReadonlySet<TenantId>): void {
    for (const { hold, stop } of this.#attempts.values()) if (tenants.has(hold.tenantId)) stop.stop('halt');
  }

  #onCommit({ cancelRequested, readyLanes }: CommitHint): void {
    for (const request of cancelRequested) if (request.workerId === this.#lease.workerId) this.#cancel(request);
    if (readyLanes.some((lane) => laneSuits(parseLane(lane), this.#labels))) this.#workAppeared();
  }

  #workAppeared(): void {
    this.#workMayBeThere = true;
    this.#claimFailed = false;
    this.#pump();
  }

  /** Not awaited by anyone: whoever has a reason to claim calls it again. */
  #pump(): void {
    while (this.#mayClaim()) {
      const free = this.#options.slots - this.#slotsUsed - this.#slotsAsked;
      if (free <= 0) return;
      const keeps = this.#options.store.keepsClaims === true;
      const slots = keeps && this.#claims === 0 && free >= splitFrom ? Math.ceil(free / 2) : free;
      // Lowered before the claim is sent: a hint that comes while it is on its way raises it again.
      this.#workMayBeThere = false;
      this.#claims += 1;
      this.#slotsAsked += slots;
      void this.#claim(slots).finally(() => {
        this.#pump();
        this.#settle();
      });
    }
  }

  #mayClaim(): boolean {
    if (this.#state !== 'claiming') return false;
    if (this.#claims === 0) return this.#workMayBeThere;
    // What a lost answer gave is told apart from what another claim gives only while there is no other (W6).
    const mayAddOne = this.#options.store.keepsClaims === true && !this.#claimFailed && !this.#claimUnknown;
    return mayAddOne && this.#claims < keptClaimsMax;
  }

  async #claim(slots: number): Promise<void> {
    const { store, log } = this.#options;
    try {
      const tasks = await this.#askFor(slots);
      if (tasks.length === slots || store.keepsClaims === true) this.#workMayBeThere = true;
      for (const claimed of tasks) this.#start(claimed);
    } catch (error) {
      this.#claimFailed = true;
      const { code, family } = toErrorRecord(error);
      if (code === 'worker-lease-lost') return this.#loseLease('the store says so');
      if (family !== 'refused') {
        this.#claimUnknown = true;
        this.#takeClaimsBack();
      }
      log.warn('cannot claim tasks', { error });
    }
  }

  async #askFor(slots: number): Promise<readonly ClaimedTask[]> {
    const { workerId } = this.#lease;
    try {
      if (this.#claimUnknown) await this.#handBackUnknown();
      return (await this.#options.store.execute({ command: 'claim-tasks', workerId, slots, waitMs: pollMs })).tasks;
    } finally {
      this.#claims -= 1;
      this.#slotsAsked -= slots;
    }
  }

  /** Claims that the store keeps are answered, with nothing, now and not when their time is over. */
  #takeClaimsBack(): void {
    const { store } = this.#options;
    if (store.keepsClaims !== true || this.#claims === 0) return;
    store.execute({ command: 'claim-tasks', workerId: this.#lease.workerId, slots: 0 }).catch(() => undefined);
  }

  async #handBackUnknown(): Promise<void> {
    const { store, log } = this.#options;
    for (const hold of await store.listHeld(this.#lease.workerId)) {
      if (this.#attempts.has(keyOf(hold))) continue;
      log.warn('a claim gave a task and its answer was lost: handed back', { ...hold });
      const end: AttemptEnd = { result: { outcome: 'handed-back' } };
      await reportEnd(hold, end, { ...this.#options, mayReport: () => this.#lease.holds });
    }
    this.#claimUnknown = false;
  }

  #start(claimed: ClaimedTask): void {
    const { tenantId, goalId, no: taskNo, attempt } = claimed.task;
    const hold = { tenantId, goalId, taskNo, attempt };
    const stop = new AttemptStop(() => (this.#lease.holds ? undefined : 'lease-lost'));
    if (claimed.task.cancelRequested) stop.stop('cancel');
    // The lease may have ended, or a stop may have come, while the claim was on its way.
    if (this.#state === 'over') stop.stop('lease-lost');
    if (this.#state === 'draining') stop.stop('drain');
    this.#slotsUsed += 1;
    const key = keyOf(hold);
    const ended = this.#run(claimed, { hold, stop }).finally(() => {
      this.#attempts.delete(key);
      this.#settle();
    });
    this.#attempts.set(key, { hold, stop, ended });
  }

  async #run(claimed: ClaimedTask, { hold, stop }: { readonly hold: Hold; readonly stop: AttemptStop }): Promise<void> {
    const end = await this.#attempt(claimed, stop).finally(() => {
      this.#slotsUsed -= 1;
    });
    // Sent before the claim that fills the slot again: both are in one transaction then.
    const reported = reportEnd(hold, end, {
      ...this.#options,
      mayReport: () => this.#lease.holds && stop.reason !== 'lease-lost',
    });
    this.#workAppeared();
    const outcome = await reported;
    if (outcome === 'late') this.#options.log.info('the end of an attempt came too late and was dropped', { ...hold });
    if (outcome === 'impossible') this.#loseLease('the end of an attempt could not be recorded');
  }

  async #attempt(claimed: ClaimedTask, stop: AttemptStop): Promise<AttemptEnd> {
    const end = await this.#try(claimed, stop);
    // Handed back unasked: what it needs cannot be read for now, and would be asked for again at once.
    if (end.result.outcome === 'handed-back' && stop.reason === undefined) await this.#pause(stop);
    return end;
  }

  #pause(stop: AttemptStop): Promise<void> {
    return new Promise((resolve) => {
      const takeBack = this.#options.clock.schedule(unreadableMs, resolve);
      stop.addEventListener('abort', () => {
        takeBack();
        resolve();
      });
    });
  }

  async #try(claimed: ClaimedTask, stop: AttemptStop): Promise<AttemptEnd> {
    try {
      const definition = await this.#options.findDefinition(claimed);
      if (definition !== undefined) return await this.#options.runAttempt({ claimed, definition }, stop);
      const { key, definitionNo } = claimed.task;
      throw broken('plan-entry-missing', `Task ${key} is entry ${definitionNo} of a plan that has no such entry.`);
    } catch (error) {
      const failure = toErrorRecord(error);
      // Nothing was looked at yet: whatever the run has done, it goes on (J10 of attempts).
      if (failure.family === 'temporary') return { result: { outcome: 'handed-back' } };
      return { result: { outcome: 'failed', failure, sameRun: true } };
    }
  }

  #cancel(hold: Hold): void {
    this.#attempts.get(keyOf(hold))?.stop.stop('cancel');
  }

  #stopAll(reason: StopReason): void {
    for (const attempt of this.#attempts.values()) attempt.stop.stop(reason);
  }

  #loseLease(why: string): void {
    if (this.#state === 'over') return;
    this.#options.log.error(`worker lost its lease: ${why}`, {
      worker: this.#lease.workerId,
      attempts: this.#attempts.size,
    });
    this.#state = 'over';
    this.#takeClaimsBack();
    this.#stopAll('lease-lost');
    this.#settle();
  }

  /** Ends the session when nothing of it is left to wait for. */
  #settle(): void {
    if (this.#state === 'claiming' || this.#claims > 0 || this.#attempts.size > 0) return;
    this.#state = 'over';
    this.#unsubscribe();
    for (const takeBack of this.#timers.values()) takeBack();
    this.#timers.clear();
    // Also after the lease was lost: what it still covers in the store is free the sooner.
    void this.#lease
      .retire()
      .then(() => this.#options.traces.remove(this.#lease.workerId))
      .catch((error: unknown) => this.#options.log.debug('the lease could not be given back', { error }))
      .finally(this.#resolveEnded);
  }

  #pollLater(): void {
    const delayMs = pollMs * (0.75 + this.#options.random() / 2);
    this.#schedule('poll', delayMs, () => {
      this.#workAppeared();
      this.#pollLater();
    });
  }

  #beatIn(delayMs: number): void {
    this.#schedule('heartbeat', delayMs, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    const beat = await this.#lease.beat(this.#slotsUsed);
    if (this.#state === 'over') return;
    if (beat === 'lost') return this.#loseLease('no heartbeat came through in time');
    this.#watchExpiry();
    for (const hold of beat.cancelRequested) this.#cancel(hold);
    this.#beatIn(beat.nextMs);
  }

  /** A heartbeat that never answers must not keep attempts going beyond the lease. */
  #watchExpiry(): void {
    this.#schedule('expiry', this.#lease.leftMs, () => this.#loseLease('the store did not answer in time'));
  }

  #schedule(name: 'poll' | 'heartbeat' | 'expiry', delayMs: number, callback: () => void): void {
    this.#timers.get(name)?.();
    if (this.#state === 'over') return;
    this.#timers.set(name, this.#options.clock.schedule(delayMs, callback));
  }
}

function keyOf({ goalId, taskNo, attempt }: Hold): string {
  return `${goalId} ${taskNo} ${attempt}`;
}
