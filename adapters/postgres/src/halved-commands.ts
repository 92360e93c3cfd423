// Two lines of commands, one for each half of the goals, so that this process prepares one batch while the server works
// on another. Batches of different halves touch different goals and never wait for each other.
//
// Invariants: HC1 commands on one goal keep their order: they are all in one line.
//             HC2 a claim for many tasks is split between the lines; one for few goes whole into the first and takes
//                 goals of both halves, so that order among few tasks is exact.
import {
  CommandBatcher,
  type BatchLimits,
  type ClaimedTask,
  type ClaimTasks,
  type Command,
  type Outcome,
  type ReplyOf,
} from '@chorale/module-goals';
import { halfOf, type Half } from './postgres-queue.ts';

/** Below this many slots a claim is not split: it is not what the throughput hangs on. */
const splitFrom = 64;

export type RunBatch = (commands: readonly Command[], half?: Half) => Promise<readonly Outcome[]>;

export class HalvedCommands {
  readonly #lines: readonly [CommandBatcher, CommandBatcher];

  constructor(run: RunBatch, limits: BatchLimits) {
    const line = (half: Half): CommandBatcher =>
      new CommandBatcher((commands) => run(commands, splitHalf(commands, half)), limits);
    this.#lines = [line(0), line(1)];
  }

  async execute<C extends Command>(command: C): Promise<ReplyOf<C>> {
    if (command.command === 'claim-tasks' && command.slots >= splitFrom)
      return { tasks: await this.#claim(command) } as unknown as ReplyOf<C>;
    return this.#lines['goalId' in command ? halfOf(command.goalId) : 0].execute(command);
  }

  async #claim(claim: ClaimTasks): Promise<readonly ClaimedTask[]> {
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

/** A batch with a small claim in it is not kept to its half. */
function splitHalf(commands: readonly Command[], half: Half): Half | undefined {
  return commands.some((command) => command.command === 'claim-tasks' && command.slots < splitFrom / 2)
    ? undefined
    : half;
}
