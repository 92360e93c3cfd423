// A goal that rests, and goes on. Both reach down to the sub-goals that its tasks wait for, however deep.
//
// Invariants: PG1 below a paused goal no sub-goal is running: one that is opened meanwhile begins paused, and one that is
//                 resumed by itself is refused.
//             PG2 a sub-goal that is failing or cancelling is left alone: it is ending.
import { refused } from '@chorale/lib-errors';
import type { GoalId } from '@chorale/lib-ids';
import type { Draft } from './changes.ts';
import type { ChangeGoal } from './command.ts';
import type { Goal } from './goal.ts';
import type { WorkingSet } from './working-set.ts';

type Reason = Pick<ChangeGoal, 'by' | 'reason'>;

const parent = 'parent goal';

export function pauseGoal(set: WorkingSet, goal: Draft<Goal>, { by, reason }: Reason): void {
  if (goal.state === 'paused') return;
  if (goal.state !== 'running')
    throw refused('goal-not-running', `Goal ${goal.goalId} is ${goal.state}; only a running goal can be paused.`);
  goal.state = 'paused';
  set.emit(goal, { type: 'goal-paused', data: { by, reason } });
  for (const task of set.allTasks(goal.goalId)) {
    if (task.state !== 'ready') continue;
    const held = set.editTask(goal.goalId, task.no);
    held.state = 'held';
    held.reason = 'goal-paused';
  }
  for (const child of openSubGoals(set, goal)) if (child.state === 'running') pauseSubGoal(set, child, goal.goalId);
}

/** Because the goal above it is paused. */
export function pauseSubGoal(set: WorkingSet, { tenantId, goalId }: Goal, above: GoalId): void {
  pauseGoal(set, set.editGoal(tenantId, goalId), { by: parent, reason: `goal ${above} was paused` });
}

export function resumeGoal(set: WorkingSet, goal: Draft<Goal>, { by, reason }: Reason): void {
  if (goal.state === 'running') return;
  if (goal.state !== 'paused')
    throw refused('goal-not-paused', `Goal ${goal.goalId} is ${goal.state}; only a paused goal can be resumed.`);
  refuseBelowPaused(set, goal);
  goal.state = 'running';
  set.emit(goal, { type: 'goal-resumed', data: { by, reason } });
  for (const task of set.allTasks(goal.goalId)) {
    if (task.state === 'held')
      set.consequences.push({ about: 'unlock', tenantId: task.tenantId, goalId: task.goalId, no: task.no });
  }
  for (const { state, tenantId, goalId } of openSubGoals(set, goal)) {
    if (state !== 'paused') continue;
    resumeGoal(set, set.editGoal(tenantId, goalId), { by: parent, reason: `goal ${goal.goalId} was resumed` });
  }
}

function refuseBelowPaused(set: WorkingSet, { tenantId, goalId, parentGoalId, parentTaskNo }: Goal): void {
  if (parentGoalId === undefined || parentTaskNo === undefined) return;
  if (set.getGoal(tenantId, parentGoalId).state !== 'paused') return;
  if (set.getTask(parentGoalId, parentTaskNo).waitsFor !== goalId) return;
  throw refused('parent-goal-paused', `Goal ${goalId} is part of goal ${parentGoalId}, which is paused.`, {
    action: `Resume goal ${parentGoalId}; what is below it goes on with it.`,
  });
}

function openSubGoals(set: WorkingSet, { tenantId, goalId }: Goal): readonly Goal[] {
  return set.allTasks(goalId).flatMap(({ state, reason, waitsFor }) => {
    if (state !== 'blocked' || reason !== 'sub-goal' || waitsFor === undefined) return [];
    return set.getGoal(tenantId, waitsFor as GoalId);
  });
}
