import type { Goal, GoalState } from '@chorale/lib-client';

export interface GoalProgress {
  readonly total: number;
  /** Ended other than by failing. */
  readonly done: number;
  readonly failed: number;
  readonly running: number;
}

export function progressOf(
  goal: Pick<Goal, 'tasksTotal' | 'tasksOpen' | 'tasksFailed' | 'tasksRunning'>,
): GoalProgress {
  return {
    total: goal.tasksTotal,
    done: Math.max(0, goal.tasksTotal - goal.tasksOpen - goal.tasksFailed),
    failed: goal.tasksFailed,
    running: goal.tasksRunning,
  };
}

/** The goal ended, or is ending, before all of it was done. */
export function isHalted(state: GoalState): boolean {
  return state === 'failed' || state === 'failing' || state === 'cancelled' || state === 'cancelling';
}
