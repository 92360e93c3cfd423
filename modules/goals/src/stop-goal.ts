// Stopping everything a goal still does, because it failed or was cancelled.
import type { ErrorRecord } from '@chorale/lib-errors';
import type { ApprovalId, GoalId } from '@chorale/lib-ids';
import { isGoalEnded, type Goal } from './goal.ts';
import { cancelTask, failureData, type Move } from './task-life.ts';
import type { Approval } from './records.ts';
import { isTaskEnded, itemRangeOf, type TaskReason } from './task.ts';
import type { Draft } from './changes.ts';
import type { WorkingSet } from './working-set.ts';

/** The goal will end as failed once what runs has stopped. A second failure changes nothing. */
export function failGoal(
  set: WorkingSet,
  goal: Draft<Goal>,
  failure: ErrorRecord & { readonly taskKey?: string },
): void {
  if (isGoalEnded(goal.state) || goal.state === 'failing' || goal.state === 'cancelling') return;
  goal.state = 'failing';
  goal.failure = failure;
  set.emit(goal, {
    type: 'goal-failing',
    data: {
      failure: failureData(failure),
      ...(failure.taskKey === undefined ? {} : { task: failure.taskKey }),
    },
  });
  stopTasks(set, goal, 'goal-failed');
}

export function cancelGoal(
  set: WorkingSet,
  goal: Draft<Goal>,
  { by, reason }: { readonly by: string; readonly reason: string },
): void {
  if (isGoalEnded(goal.state) || goal.state === 'cancelling') return;
  goal.state = 'cancelling';
  set.emit(goal, { type: 'goal-cancelling', data: { by, reason } });
  stopTasks(set, goal, 'goal-cancelled');
}

function stopTasks(set: WorkingSet, goal: Draft<Goal>, reason: TaskReason): void {
  for (const approval of set.pendingApprovals(goal.goalId)) withdraw(set, approval);
  for (const task of set.allTasks(goal.goalId)) stopTask({ set, goal, no: task.no }, reason);
  set.consequences.push({ about: 'goal-settled', tenantId: goal.tenantId, goalId: goal.goalId });
}

interface Stop {
  readonly set: WorkingSet;
  readonly goal: Draft<Goal>;
  readonly no: number;
}

/** Stops one task with all it waits for: its items, its sub-goal, the question it asked. */
export function stopTask({ set, goal, no }: Stop, reason: TaskReason): void {
  const found = set.getTask(goal.goalId, no);
  if (isTaskEnded(found.state)) return;
  const task = set.editTask(goal.goalId, no);
  if (task.state === 'blocked') stopWhatItWaitsFor({ set, goal, task }, reason);
  cancelTask({ set, goal, task }, reason);
}

export function stopWhatItWaitsFor({ set, goal, task }: Move, reason: TaskReason): void {
  const range = itemRangeOf(task);
  for (let no = range?.first ?? 0; range !== undefined && no < range.first + range.count; no++) {
    stopTask({ set, goal, no }, reason);
  }
  if (task.waitsFor === undefined) return;
  if (task.reason === 'sub-goal') {
    const subGoal = set.editGoal(goal.tenantId, task.waitsFor as GoalId);
    cancelGoal(set, subGoal, { by: 'parent goal', reason: `goal ${goal.goalId} no longer needs it` });
  } else {
    withdraw(set, set.getApproval(goal.goalId, task.waitsFor as ApprovalId));
  }
}

function withdraw(set: WorkingSet, approval: Approval): void {
  if (approval.state === 'pending') set.putApproval({ ...approval, state: 'withdrawn', decidedAt: set.now });
}
