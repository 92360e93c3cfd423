import type { CommitHint } from './goal-store.ts';
import type { Changes } from './changes.ts';

/** What a commit may be worth waking somebody for. */
export function hintOf(changes: Changes): CommitHint {
  const readyLanes = new Set<string>();
  const cancelRequested: CommitHint['cancelRequested'][number][] = [];
  let wakeAt: number | undefined;
  for (const { row: task } of changes.tasks) {
    if (task.state === 'ready') readyLanes.add(task.lane);
    if (task.state === 'running' && task.cancelRequested && task.workerId !== undefined) {
      const { tenantId, goalId, no: taskNo, attempt, workerId } = task;
      cancelRequested.push({ tenantId, goalId, taskNo, attempt, workerId });
    }
    wakeAt = earliest(wakeAt, task.wakeAt);
  }
  for (const { row: goal } of changes.goals) {
    if (goal.finishedAt === undefined)
      wakeAt = earliest(wakeAt, earliest(goal.state === 'scheduled' ? goal.startAt : undefined, goal.deadlineAt));
  }
  for (const approval of changes.approvals)
    if (approval.state === 'pending') wakeAt = earliest(wakeAt, approval.expiresAt);
  for (const schedule of changes.schedules) if (!schedule.paused) wakeAt = earliest(wakeAt, schedule.nextAt);
  const goals = changes.goals.map(({ row: { tenantId, goalId, eventSeq } }) => ({ tenantId, goalId, eventSeq }));
  return { goals, readyLanes: [...readyLanes], cancelRequested, wakeAt };
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}
