// Tasks of a plan to which nothing has happened yet have no row: most are first written when they start, which saves
// writing every task once more.
//
// Owns:       which tasks are left out, telling them from their goal and its plan, and writing them when that ends.
// Invariants: LO1 only tasks of a plan's first version are left out: an edit writes all that its goal has left out.
//             LO2 a task is left out only while it is as its plan makes it; whatever is changed has a row.
import {
  firstItemNo,
  isAsPlanned,
  plannedTask,
  type Changes,
  type Goal,
  type PlanDefinition,
  type Task,
  type Written,
} from '@chorale/module-goals';

/** Larger plans have all their rows: they are read task by task, and would be made whole again for each. */
export const leftOutPlanMax = 500;

const leftOut = new WeakSet<Task>();

/** The goal may have a task with this number that has no row. */
export function mayLeaveOut({ planVersion }: Pick<Goal, 'planVersion'>, no: number): boolean {
  return planVersion === 1 && no < Math.min(firstItemNo, leftOutPlanMax);
}

type OfGoal = Parameters<typeof plannedTask>[0];

export function leftOutTask(goal: OfGoal, plan: PlanDefinition, no: number): Task | undefined {
  if (plan.tasks.length > leftOutPlanMax) return undefined;
  const task = plannedTask(goal, plan, no);
  if (task !== undefined) leftOut.add(task);
  return task;
}

export interface TaskWrites {
  readonly inserts: readonly Task[];
  readonly changed: readonly Written<Task>[];
  /** To be inserted after the others, where they have no row. */
  readonly makeUp: readonly Task[];
}

type FindDefinition = (goal: Goal) => PlanDefinition | undefined;

/** `findDefinition` is asked for plans that this batch has read or added. */
export function chooseTaskWrites(changes: Changes, findDefinition: FindDefinition): TaskWrites {
  const added = new Map<string, { goal: Goal; plan: PlanDefinition }>();
  const first = new Set<string>();
  const makeUp: Task[] = [];
  for (const { row: goal, isNew, before } of changes.goals) {
    if (before?.planVersion === 1) first.add(goal.goalId);
    if (isNew ? goal.planVersion !== 1 : before?.planVersion !== 1 || goal.planVersion === 1) continue;
    const plan = findDefinition(before ?? goal);
    if (plan === undefined || plan.tasks.length > leftOutPlanMax) continue;
    if (isNew) added.set(goal.goalId, { goal, plan });
    else makeUp.push(...plan.tasks.flatMap((_, no) => plannedTask(goal, plan, no) ?? []));
  }
  const inserts: Task[] = [];
  const changed: Written<Task>[] = [];
  for (const written of changes.tasks) {
    const { row, before, isNew } = written;
    const own = isNew ? added.get(row.goalId) : undefined;
    if (own !== undefined && isAsPlanned(row, own.goal, own.plan)) leftOut.add(row);
    else if (isNew || (before !== undefined && first.has(row.goalId) && leftOut.has(before))) inserts.push(row);
    else changed.push(written);
  }
  return { inserts, changed, makeUp };
}

/** Adds the tasks that a read of the goal's rows did not find; in the order of their numbers. */
export function withLeftOut(
  { goal, rows }: { readonly goal: OfGoal & Pick<Goal, 'planVersion'>; readonly rows: readonly Task[] },
  plan: PlanDefinition,
): readonly Task[] {
  if (!mayLeaveOut(goal, 0)) return rows;
  const found = new Set(rows.map(({ no }) => no));
  const missing = plan.tasks.flatMap((_, no) => (found.has(no) ? [] : (leftOutTask(goal, plan, no) ?? [])));
  return [...rows, ...missing].toSorted((a, b) => a.no - b.no);
}
