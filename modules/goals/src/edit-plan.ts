// Changes to a plan while it runs. Each makes a new version, with author and reason; what has ended stays as it was.
import { refused } from '@chorale/lib-errors';
import type { EditPlan, Replies } from './command.ts';
import { isGoalEnded, type Goal } from './goal.ts';
import { newTask } from './new-task.ts';
import type { PlanDefinition, TaskDefinition } from './plan.ts';
import { graphOf } from './plan-graph.ts';
import type { PlanChange } from './records.ts';
import { stopWhatItWaitsFor } from './stop-goal.ts';
import { endTask, type Move } from './task-life.ts';
import { isTaskEnded, isWithoutResult, type Task } from './task.ts';
import { validatePlan } from './validate-plan.ts';
import type { Draft } from './changes.ts';
import type { WorkingSet } from './working-set.ts';

/** The definition with the changes made. Throws `plan-invalid` naming every mistake of the result. */
export function applyPlanChanges(definition: PlanDefinition, changes: readonly PlanChange[]): PlanDefinition {
  const tasks = [...definition.tasks];
  const find = (key: string): number => {
    const no = tasks.findIndex((task) => task.key === key && task.removed !== true);
    if (no < 0) throw refused('task-not-found', `The plan has no task "${key}".`);
    return no;
  };
  for (const change of changes) {
    if (change.change === 'add') tasks.push(change.task);
    else if (change.change === 'remove') replace(tasks, find(change.key), { removed: true, needs: [] });
    else if (change.change === 'repoint') replace(tasks, find(change.key), { needs: change.needs });
    else if (change.change === 'replace') tasks[find(change.task.key)] = change.task;
    else find(change.key);
  }
  const changed = { ...definition, tasks };
  const mistakes = validatePlan(changed);
  if (mistakes.length > 0) {
    throw refused(
      'plan-invalid',
      `The changed plan is not valid: ${mistakes.map((mistake) => mistake.message).join('; ')}`,
      {
        data: { mistakes },
      },
    );
  }
  return changed;
}

function replace(tasks: TaskDefinition[], no: number, fields: Partial<TaskDefinition>): void {
  const task = tasks[no];
  if (task !== undefined) tasks[no] = { ...task, ...fields };
}

export function editPlan(set: WorkingSet, command: EditPlan): Replies['edit-plan'] {
  const found = set.getGoal(command.tenantId, command.goalId);
  if (isGoalEnded(found.state) || found.state === 'failing' || found.state === 'cancelling') {
    throw refused('goal-ended', `Goal ${found.goalId} is ${found.state}; its plan can no longer be changed.`);
  }
  if (found.planVersion !== command.expectedPlanVersion) {
    throw refused(
      'plan-changed-meanwhile',
      `The plan is at version ${found.planVersion}; the change was made against version ${command.expectedPlanVersion}.`,
      {
        action: 'Read the plan again and repeat the change.',
      },
    );
  }
  const before = set.getDefinition(found);
  const after = applyPlanChanges(before, command.changes);
  const goal = set.editGoal(command.tenantId, command.goalId);
  goal.planVersion += 1;
  goal.planHash = command.planHash;
  set.addDefinition(goal.tenantId, command.planHash, after);
  const { tenantId, goalId, planVersion: version, planHash } = goal;
  set.addPlanVersion({
    tenantId,
    goalId,
    version,
    planHash,
    author: command.by,
    reason: command.reason,
    changes: command.changes,
    at: set.now,
  });
  set.emit(goal, { type: 'plan-changed', data: { version, by: command.by, reason: command.reason } });
  // What ends comes first, so that the others are counted against one set of needs that are about to be worked off.
  for (const change of command.changes) endRow(set, goal, change);
  const ending = endingTasks(set, goal);
  for (const [no, definition] of after.tasks.entries())
    if (no >= before.tasks.length) addTask({ set, goal, ending }, { definition, no });
  for (const change of command.changes) changeRow({ set, goal, ending }, change);
  return { goal };
}

interface Edit extends Pick<Move, 'set' | 'goal'> {
  readonly ending: ReadonlySet<number>;
}

/** Tasks whose end is queued: their dependents still count them, until the queue tells them. */
function endingTasks(set: WorkingSet, { goalId }: Goal): ReadonlySet<number> {
  const ended = set.consequences.flatMap((each) =>
    each.about === 'task-ended' && each.goalId === goalId ? each.no : [],
  );
  return new Set(ended);
}

function addTask(
  { set, goal, ending }: Edit,
  { definition, no }: { readonly definition: TaskDefinition; readonly no: number },
): void {
  const task = set.addTask(newTask(goal, definition, { no, definitionNo: no }));
  goal.tasksTotal += 1;
  set.emit(goal, { type: 'task-added', taskNo: no, data: { key: task.key } });
  if (definition.compensates === true || definition.removed === true) {
    task.state = 'skipped';
    task.reason = definition.removed === true ? 'removed' : 'compensation';
    return;
  }
  goal.tasksOpen += 1;
  countNeeds({ set, goal, task }, ending);
}

function endRow(set: WorkingSet, goal: Draft<Goal>, change: PlanChange): void {
  if (change.change !== 'skip' && change.change !== 'remove') return;
  const isRemoved = change.change === 'remove';
  // A key that was removed may have been given to another task since.
  const no = set
    .getDefinition(goal)
    .tasks.findLastIndex(({ key, removed }) => key === change.key && (removed === true) === isRemoved);
  const found = set.getTask(goal.goalId, no);
  if (isRemoved) refuseStarted(found, change);
  else if (isTaskEnded(found.state) || found.state === 'running') throw started(found, 'skipped');
  const task = set.editTask(goal.goalId, no);
  if (found.state === 'blocked') stopWhatItWaitsFor({ set, goal, task }, 'skipped-by-person');
  if (isRemoved) endTask({ set, goal, task }, 'cancelled', { reason: 'removed' });
  else endTask({ set, goal, task }, 'skipped', { reason: 'skipped-by-person' });
}

function changeRow({ set, goal, ending }: Edit, change: PlanChange): void {
  if (change.change !== 'repoint' && change.change !== 'replace') return;
  const changedKey = change.change === 'replace' ? change.task.key : change.key;
  const no = set.getDefinition(goal).tasks.findIndex(({ key, removed }) => key === changedKey && removed !== true);
  if (ending.has(no)) return;
  refuseStarted(set.getTask(goal.goalId, no), change);
  const task = set.editTask(goal.goalId, no);
  if (task.state !== 'waiting' && change.change === 'replace') return;
  task.state = 'waiting';
  task.reason = 'needs';
  task.wakeAt = undefined;
  countNeeds({ set, goal, task }, ending);
}

function refuseStarted(found: Task, { change }: PlanChange): void {
  if (found.attempt > 0 || isTaskEnded(found.state) || found.state === 'blocked')
    throw started(found, `changed (${change})`);
}

function started(task: Task, what: string): Error {
  return refused('task-started', `Task ${task.key} is ${task.state} and can no longer be ${what}.`, {
    action: 'Cancel or retry it instead, or add another task.',
  });
}

/** Counts what the task still needs, and lets it go when that is nothing. */
export function countNeeds({ set, goal, task }: Move, ending: ReadonlySet<number> = new Set()): void {
  const plan = set.getDefinition(goal);
  const needs = (graphOf(plan).needs[task.no] ?? []).map((no) => set.getTask(goal.goalId, no));
  task.needsLeft = needs.filter((need) => !isTaskEnded(need.state) || ending.has(need.no)).length;
  task.needSkipped = needs.some(isWithoutResult);
  if (plan.tasks[task.no]?.join === 'first') {
    const isWon = needs.some((need) => need.state === 'succeeded');
    if (isWon) task.needsLeft = 0;
    task.needSkipped = needs.length > 0 && !isWon && task.needsLeft === 0;
  }
  if (task.needsLeft === 0 && goal.state !== 'scheduled') {
    set.consequences.push({ about: 'unlock', tenantId: goal.tenantId, goalId: goal.goalId, no: task.no });
  }
}
