// The rows that submitting a plan makes, before anything has happened to them. A store may leave them out until
// something does: they can be told from the goal and its plan alone.
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { Goal } from './goal.ts';
import { newTask } from './new-task.ts';
import type { PlanDefinition } from './plan.ts';
import { graphOf } from './plan-graph.ts';
import { taskTable } from './row-tables.ts';
import type { Task } from './task.ts';

const templates = new WeakMap<PlanDefinition, readonly Task[]>();
const ofGoal: ReadonlySet<string> = new Set(['tenantId', 'goalId', 'priority']);
const plannedFields = taskTable.columns.map(({ field }) => field as keyof Task).filter((field) => !ofGoal.has(field));

function templatesOf(plan: PlanDefinition): readonly Task[] {
  let made = templates.get(plan);
  if (made !== undefined) return made;
  const { needs } = graphOf(plan);
  const nowhere = { tenantId: '' as TenantId, goalId: '' as GoalId, priority: 0 } as Goal;
  made = plan.tasks.map((task, no) => ({
    ...newTask(nowhere, task, { no, definitionNo: no }),
    needsLeft: needs[no]?.length ?? 0,
    ...(task.compensates === true ? ({ state: 'skipped', reason: 'compensation' } as const) : {}),
  }));
  templates.set(plan, made);
  return made;
}

/** The task in that place of the plan, if the plan has one. */
export function plannedTask(
  goal: Pick<Goal, 'tenantId' | 'goalId' | 'priority'>,
  plan: PlanDefinition,
  no: number,
): Task | undefined {
  const template = templatesOf(plan)[no];
  if (template === undefined) return undefined;
  const { tenantId, goalId, priority } = goal;
  return { ...template, tenantId, goalId, priority: plan.tasks[no]?.priority ?? priority };
}

/** Nothing has happened to the row. */
export function isAsPlanned(task: Task, goal: Pick<Goal, 'priority'>, plan: PlanDefinition): boolean {
  const template = templatesOf(plan)[task.no];
  if (template === undefined || task.priority !== (plan.tasks[task.no]?.priority ?? goal.priority)) return false;
  return plannedFields.every((field) => task[field] === template[field]);
}
