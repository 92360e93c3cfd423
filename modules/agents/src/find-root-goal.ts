import type { GoalId } from '@chorale/lib-ids';
import type { OpeningParts } from './session-opening.ts';

/** The goal a person asked for, of which the task's goal is a part. */
export async function findRootGoal({ request, thinking }: OpeningParts): Promise<GoalId> {
  const { task, goal } = request.claimed;
  let goalId = task.goalId;
  for (let depth = goal.depth; depth > 0; depth--) {
    const found = await thinking.reads.findGoal(task.tenantId, goalId);
    if (found?.parentGoalId === undefined) break;
    goalId = found.parentGoalId;
  }
  return goalId;
}
