import type {
  PlanChange as PlanChangeView,
  PlanDefinition as PlanDefinitionView,
  PlanVersion as PlanVersionView,
  TaskDefinition as TaskDefinitionView,
} from '@chorale/lib-client';
import type { PlanChange, PlanDefinition, PlanVersion, TaskDefinition } from '@chorale/module-goals';
import { priorityClass, priorityName } from './goal-view.ts';

function taskDefinitionView({ priority, ...task }: TaskDefinition): TaskDefinitionView {
  return priority === undefined ? task : { ...task, priority: priorityName(priority) };
}

export function definitionView({ children, tasks, ...definition }: PlanDefinition): PlanDefinitionView {
  const views = Object.entries(children ?? {}).map(([name, child]) => [name, definitionView(child)] as const);
  return {
    ...definition,
    tasks: tasks.map(taskDefinitionView),
    ...(children === undefined ? {} : { children: Object.fromEntries(views) }),
  };
}

export function planVersionView({
  tenantId: _tenant,
  goalId: _goal,
  changes,
  ...version
}: PlanVersion): PlanVersionView {
  return { ...version, changes: changes.map(changeView) };
}

function changeView(change: PlanChange): PlanChangeView {
  return 'task' in change ? { ...change, task: taskDefinitionView(change.task) } : change;
}

/** What a caller asked for, as the engine takes it. */
export function readChange(change: PlanChangeView): PlanChange {
  return 'task' in change ? { ...change, task: readTaskDefinition(change.task) } : change;
}

function readTaskDefinition({ priority, ...task }: TaskDefinitionView): TaskDefinition {
  return priority === undefined ? task : { ...task, priority: priorityClass(priority) };
}
