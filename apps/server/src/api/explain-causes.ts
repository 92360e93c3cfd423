// What exactly a task waits for.
import type { WaitCause } from '@chorale/lib-client';
import { type Goal, isTaskEnded, type PlanDefinition, type Task } from '@chorale/module-goals';
import { definitionOf } from './views/task-view.ts';

/** A for_each of thousands names only the first of what it waits for. */
const causesMax = 20;

export function findCauses(
  task: Task,
  {
    goal,
    definition,
    tasks,
  }: { readonly goal: Goal; readonly definition: PlanDefinition; readonly tasks: readonly Task[] },
  byKey: ReadonlyMap<string, Task>,
): readonly WaitCause[] {
  switch (task.state) {
    case 'waiting':
      return findNeeds(task, definition, byKey);
    case 'ready':
      return [{ kind: 'worker', name: task.lane }];
    case 'sleeping':
      return task.wakeAt === undefined ? [] : [{ kind: 'time', until: task.wakeAt }];
    case 'held':
      return [{ kind: 'goal', name: goal.goalId, state: goal.state }];
    case 'blocked':
      return findBlocks(task, tasks);
    case 'running':
    case 'succeeded':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return [];
  }
}

function findNeeds(task: Task, plan: PlanDefinition, byKey: ReadonlyMap<string, Task>): readonly WaitCause[] {
  const open: WaitCause[] = [];
  for (const key of definitionOf(task, plan).needs) {
    const need = byKey.get(key);
    if (need !== undefined && !isTaskEnded(need.state)) open.push({ kind: 'task', name: key, state: need.state });
  }
  return open.slice(0, causesMax);
}

function findBlocks(task: Task, tasks: readonly Task[]): readonly WaitCause[] {
  const name = task.waitsFor === undefined ? {} : { name: task.waitsFor };
  const { reason } = task;
  if (reason === 'approval' || reason === 'uncertain-step') return [{ kind: 'approval', ...name }];
  if (reason === 'signal') return [{ kind: 'signal', name: task.key }];
  if (reason === 'sub-goal') return [{ kind: 'sub-goal', ...name }];
  if (reason !== 'items') return [];
  return tasks
    .filter((item) => item.parentNo === task.no && !isTaskEnded(item.state))
    .slice(0, causesMax)
    .map((item) => ({ kind: 'items', name: item.key, state: item.state }));
}
