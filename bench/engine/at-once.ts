// A thousand goals of twenty tasks at the same time: all are submitted and acknowledged before the first task is
// claimed. All must finish, nothing may be lost, and memory must stay bounded.

import type { ContestantName } from './contestants.ts';
import { withContestant, type MeasuredRun } from './measure-contestant.ts';

export const goalsAtOnce = 1_000;

export interface AtOnce {
  readonly run: MeasuredRun;
  readonly peakMemoryBytes: number;
}

/** Throws when the store shows a task that was not finished. */
export async function measureAtOnce(name: ContestantName, scratch: string): Promise<AtOnce> {
  return await withContestant({ name, scratch }, async (contestant) => {
    const run = await contestant.runGoals({ goals: goalsAtOnce, inFlight: goalsAtOnce, submitFirst: true });
    return { run, peakMemoryBytes: await contestant.peakMemoryBytes() };
  });
}
