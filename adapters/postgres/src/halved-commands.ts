// Two lines of commands, one for each half of the goals, so that this process prepares one batch while the server works
// on another. Batches of different halves touch different goals and never wait for each other.
//
// Invariants: HC1 commands on one goal keep their order: they are all in one line.
//             HC2 a claim for many tasks is kept to the half of its batch; one for few takes goals of both halves, so
//                 that order among few tasks is exact.
//             HC3 claims that wait go with the next batch of either line that may make something ready.
import {
  CommandBatcher,
  type BatchLimits,
  type ClaimedTask,
  type ClaimTasks,
  type Command,
  type CommitHint,
  type EngineLimits,
  type Outcome,
  type ReplyOf,
  needsOccupancy,
} from '@chorale/module-goals';
import { halfOf, type Half } from './postgres-queue.ts';
import { tasksOf, WaitingClaims, type WaitingClaim } from './waiting-claims.ts';

/** Below this many slots a claim is not split: it is not what the throughput hangs on. */
const splitFrom = 64;

export interface Batch {
  readonly commands: readonly Command[];
  /** Claims that are known to find nothing but what these commands make ready. */
  readonly joining: readonly ClaimTasks[];
  /** The half that claims are kept to. */
  readonly half: Half | undefined;
}

export interface BatchResult {
  /** Of the commands, then of the claims that join them. */
  readonly outcomes: readonly Outcome[];
  readonly hint: CommitHint | undefined;
}

export type RunBatch = (batch: Batch) => Promise<BatchResult>;

const makesNothingReady: ReadonlySet<Command['command']> = new Set([
  'claim-tasks',
  'heartbeat',
  'register-worker',
  'retire-worker',
  'record-step',
  'put-schedule',
  'drop-schedule',
]);

export class HalvedCommands {
  readonly #lines: readonly [CommandBatcher, CommandBatcher];
  readonly #waiting = new WaitingClaims((claim) => void this.#look(claim));
  readonly #run: RunBatch;
  /** With limits, the end of a task may free others in either half that were ready all along. */
  #hasLimits = false;

  constructor(run: RunBatch, limits: BatchLimits) {
    this.#run = run;
    const line = (half: Half): CommandBatcher =>
      new CommandBatcher((commands) => this.#runBatch(commands, half), limits);
    this.#lines = [line(0), line(1)];
  }

  configure(limits: EngineLimits): void {
    this.#hasLimits = needsOccupancy(limits);
    // What was held back may be given now.
    this.#waiting.lookAgain();
  }

  /** To be told of what other processes have committed. */
  heard(hint: CommitHint): void {
    this.#waiting.heard(hint);
  }

  close(): Promise<void> {
    return this.#waiting.close();
  }

  async execute<C extends Command>(command: C): Promise<ReplyOf<C>> {
    if (command.command === 'claim-tasks') return { tasks: await this.#claim(command) } as unknown as ReplyOf<C>;
    this.#waiting.note(command);
    return this.#lines['goalId' in command ? halfOf(command.goalId) : 0].execute(command);
  }

  async #runBatch(commands: readonly Command[], half: Half): Promise<readonly Outcome[]> {
    const joining = commands.every(({ command }) => makesNothingReady.has(command)) ? [] : this.#waiting.take();
    const joined = joining.map(({ claim }) => claim);
    const { outcomes, hint } = this.#hasLimits
      ? await this.#run({ commands: [...commands, ...joined], joining: [], half: undefined })
      : await this.#run({ commands, joining: joined, half: splitHalf([...commands, ...joined], half) });
    if (hint !== undefined) this.#waiting.heard(hint, half);
    for (const [index, { end }] of joining.entries()) end(outcomes[commands.length + index]!);
    return outcomes.slice(0, commands.length);
  }

  #claim(claim: ClaimTasks): Promise<readonly ClaimedTask[]> {
    if (claim.slots <= 0) {
      this.#waiting.takeBack(claim.workerId);
      return Promise.resolve([]);
    }
    if (claim.waitMs !== undefined) return this.#waiting.add(claim);
    return claim.slots < splitFrom ? this.#ask(0, claim, claim.slots) : this.#claimSplit(claim);
  }

  /** Looks where the worker may find something, and lets the claim wait when that is nowhere. */
  async #look(waiting: WaitingClaim): Promise<void> {
    for (;;) {
      const search = this.#waiting.beginSearch(waiting);
      if (search === undefined) return this.#waiting.wait(waiting);
      const outcome = await this.#lines[search.half].execute(waiting.claim).then(
        (reply) => ({ reply }),
        (error: unknown) => ({ error }),
      );
      search.end('reply' in outcome && !isFull(waiting.claim, outcome));
      if ('error' in outcome) return this.#waiting.fail(waiting, outcome.error);
      if (this.#waiting.settle(waiting, outcome)) return;
    }
  }

  async #claimSplit(claim: ClaimTasks): Promise<readonly ClaimedTask[]> {
    const shares = [Math.ceil(claim.slots / 2), Math.floor(claim.slots / 2)] as const;
    const [first, second] = await Promise.all([this.#ask(0, claim, shares[0]), this.#ask(1, claim, shares[1])]);
    const tasks = [...first, ...second];
    if (tasks.length === claim.slots || (first.length < shares[0] && second.length < shares[1])) return tasks;
    // One half had less than its share and the other may have more.
    const more = await this.#ask(first.length < shares[0] ? 1 : 0, claim, claim.slots - tasks.length);
    return [...tasks, ...more];
  }

  async #ask(half: Half, claim: ClaimTasks, slots: number): Promise<readonly ClaimedTask[]> {
    return (await this.#lines[half].execute({ ...claim, slots })).tasks;
  }
}

function isFull(claim: ClaimTasks, outcome: Outcome): boolean {
  return 'reply' in outcome && tasksOf(outcome).length >= claim.slots;
}

/** A batch with a small claim in it is not kept to its half. */
function splitHalf(commands: readonly Command[], half: Half): Half | undefined {
  return commands.some((command) => command.command === 'claim-tasks' && command.slots < splitFrom / 2)
    ? undefined
    : half;
}
