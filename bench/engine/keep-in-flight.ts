import type { GoalOrder, GoalRun } from './contestant.ts';
import { tasksPerGoal } from './contestant.ts';
import { quantilesOf } from './quantiles.ts';

/** Runs goals so that `inFlight` of them are always under way. `runGoal` resolves at a goal's acknowledged end. */
export async function keepInFlight(order: GoalOrder, runGoal: () => Promise<void>): Promise<GoalRun> {
  const goalMs: number[] = [];
  let left = order.goals;
  const start = performance.now();
  const runSome = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const submitted = performance.now();
      await runGoal();
      goalMs.push(performance.now() - submitted);
    }
  };
  await Promise.all(Array.from({ length: Math.min(order.inFlight, order.goals) }, runSome));
  return {
    goals: order.goals,
    tasks: order.goals * tasksPerGoal,
    elapsedMs: performance.now() - start,
    goalMs: quantilesOf(goalMs),
  };
}
