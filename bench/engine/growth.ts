// Does it slow down as it fills? One store takes goals until it holds a million finished tasks; the rate is read from
// how long the next tasks take after 10^3, 10^4, 10^5 and 10^6 of them.

import type { Progress } from './contestant.ts';
import { tasksPerGoal } from './contestant.ts';
import { contestants, type ContestantName } from './contestants.ts';
import { withContestant, type MeasuredRun } from './measure-contestant.ts';

const sizeLast = 1_000_000;
const sizes = [1_000, 10_000, 100_000, sizeLast];
/** Progress is told in steps, so the last window begins and ends a little late. */
const spareTasks = 4_000;
/** Several seconds of work: shorter ones are at the mercy of a single checkpoint. */
const windowTasks = 40_000;
/** A cold start would make the rate at 10^3 low, and the growth look kind. */
const warmUpGoals = 2_000;

export interface Growth {
  readonly rates: readonly { readonly finishedTasks: number; readonly tasksPerSecond: number }[];
  /** The last rate as a share of the first, in percent. */
  readonly keptPercent: number;
  readonly run: MeasuredRun;
  readonly peakMemoryBytes: number;
}

export async function measureGrowth(name: ContestantName, scratch: string): Promise<Growth> {
  const { inFlight } = contestants[name];
  const goals = Math.ceil((sizeLast + spareTasks + windowTasks) / tasksPerGoal);
  const warmUp = { goals: warmUpGoals, inFlight };
  return await withContestant({ name, scratch, warmUp }, async (contestant) => {
    const run = await contestant.runGoals({ goals, inFlight });
    if (run.progress === undefined) throw new Error(`${name} does not tell its progress.`);
    const progress = run.progress;
    const rates = sizes.map((finishedTasks) => ({ finishedTasks, tasksPerSecond: rateAfter(progress, finishedTasks) }));
    const [first, last] = [rates[0]?.tasksPerSecond ?? 0, rates.at(-1)?.tasksPerSecond ?? 0];
    return { rates, keptPercent: (last / first) * 100, run, peakMemoryBytes: await contestant.peakMemoryBytes() };
  });
}

/** The rate of the `windowTasks` tasks that finished after the first `tasks`. */
export function rateAfter(progress: readonly Progress[], tasks: number): number {
  const from = progress.find((point) => point.tasks >= tasks);
  const to = progress.find((point) => point.tasks >= (from?.tasks ?? tasks) + windowTasks);
  if (from === undefined || to === undefined) throw new Error(`the run ended before ${tasks + windowTasks} tasks.`);
  return ((to.tasks - from.tasks) / (to.atMs - from.atMs)) * 1000;
}
