// Pause, resume, cancel, and what time does to a goal.
import { refused, toErrorRecord } from '@chorale/lib-errors';
import type { ChangeGoal, ReconcileGoal, WakeGoal, WakeTask } from './command.ts';
import { isGoalEnded, type Goal } from './goal.ts';
import { pauseGoal, resumeGoal } from './pause-goal.ts';
import { cancelGoal, failGoal } from './stop-goal.ts';
import { definitionOf, endTask, makeReady, recordAttempt } from './task-life.ts';
import type { Task } from './task.ts';
import type { WorkingSet } from './working-set.ts';

export function changeGoal(set: WorkingSet, command: ChangeGoal): { readonly goal: Goal } {
  const found = set.getGoal(command.tenantId, command.goalId);
  if (command.expectedVersion !== undefined && command.expectedVersion !== found.version) {
    throw refused('version-changed', `Goal ${found.goalId} is at version ${found.version} by now.`, {
      action: 'Read it again, and decide again.',
    });
  }
  if (isGoalEnded(found.state)) {
    throw refused('goal-ended', `Goal ${found.goalId} has ended: ${found.state}.`, {
      action: 'Retry a failed task, or re-run from a task, to open it again.',
    });
  }
  const goal = set.editGoal(command.tenantId, command.goalId);
  if (command.command === 'cancel-goal') cancelGoal(set, goal, command);
  else if (command.command === 'pause-goal') pauseGoal(set, goal, command);
  else resumeGoal(set, goal, command);
  return { goal };
}

export function reconcileGoal(set: WorkingSet, command: ReconcileGoal): { readonly goal: Goal } {
  const found = set.getGoal(command.tenantId, command.goalId);
  if (found.restoredIn === undefined) return { goal: found };
  const goal = set.editGoal(command.tenantId, command.goalId);
  goal.restoredIn = undefined;
  set.emit(goal, { type: 'goal-reconciled', data: { by: command.by, restore: found.restoredIn } });
  return { goal };
}

function queueUnlock(set: WorkingSet, task: Task): void {
  set.consequences.push({ about: 'unlock', tenantId: task.tenantId, goalId: task.goalId, no: task.no });
}

/** The goal's start time or deadline has come. */
export function wakeGoal(set: WorkingSet, command: WakeGoal): void {
  const found = set.findGoal(command.tenantId, command.goalId);
  if (found === undefined || isGoalEnded(found.state)) return;
  if (found.deadlineAt !== undefined && found.deadlineAt <= set.now) {
    const late = refused('deadline-exceeded', `Goal ${found.goalId} had not ended by its deadline.`);
    failGoal(set, set.editGoal(command.tenantId, command.goalId), toErrorRecord(late));
    return;
  }
  if (found.state !== 'scheduled' || (found.startAt ?? 0) > set.now) return;
  const goal = set.editGoal(command.tenantId, command.goalId);
  goal.state = 'running';
  set.emit(goal, { type: 'goal-started', data: {} });
  // Not only tasks without needs: what others needed may have been skipped by an edit before the goal began.
  for (const task of set.allTasks(goal.goalId)) {
    if (task.state === 'waiting' && task.needsLeft === 0) queueUnlock(set, task);
  }
}

/** A task's wake time has come: its timer or its wait before a retry is over, or its grace after a cancel. */
export function wakeTask(set: WorkingSet, command: WakeTask): void {
  const found = set.findGoal(command.tenantId, command.goalId) && set.findTask(command.goalId, command.taskNo);
  if (found?.wakeAt === undefined || found.wakeAt > set.now) return;
  const goal = set.editGoal(command.tenantId, command.goalId);
  const task = set.editTask(command.goalId, command.taskNo);
  if (task.state === 'running' && task.cancelRequested) {
    recordAttempt({ set, task }, 'cancelled');
    endTask({ set, goal, task }, 'cancelled', { reason: task.reason });
  } else if (task.state === 'sleeping' && task.reason === 'timer') {
    endTask({ set, goal, task }, 'succeeded', { output: { at: set.now } });
  } else if (task.state === 'sleeping') {
    makeReady({ set, goal, task }, definitionOf(set, goal, task));
  }
}
