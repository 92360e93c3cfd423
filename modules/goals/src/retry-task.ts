// Doing again what has ended: a failed task with its input corrected, or a task and all that came after it.
import { refused } from '@chorale/lib-errors';
import type { RerunFrom, Replies, RetryTask } from './command.ts';
import { countNeeds } from './edit-plan.ts';
import { isGoalEnded, type Goal } from './goal.ts';
import { descendantsOf, graphOf } from './plan-graph.ts';
import { endGroup, isItemOf, letGo } from './for-each.ts';
import { definitionOf, resetTask } from './task-life.ts';
import { firstItemNo, isTaskEnded, itemRangeOf, type Task } from './task.ts';
import type { Draft } from './changes.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Tries a failed task again. What was cancelled because the goal failed waits anew, and other tasks that failed
 * the goal are tried again too, so that the goal can succeed.
 */
export function retryTask(set: WorkingSet, command: RetryTask): Replies['retry-task'] {
  const found = findByKey(set, command);
  if (found.state !== 'failed') {
    throw refused('task-not-failed', `Task ${found.key} is ${found.state}; only a failed task can be retried.`, {
      action: 'To do a finished task again, re-run from it.',
    });
  }
  const goal = editStillGoal(set, command);
  const isStopped = goal.state !== 'running' && goal.state !== 'paused';
  const group = found.parentNo === undefined ? undefined : set.getTask(command.goalId, found.parentNo);
  // An item goes on only in a group that does: one that is open, or that is tried again with it.
  if (group !== undefined && group.state !== 'blocked' && !(isStopped && stoppedTheGoal(set, goal, group)))
    throw refused('task-is-item', `The group of ${found.key} is ${group.state}; re-run from ${group.key} instead.`);
  refuseCompensation(set, goal, found);
  const named = set.editTask(goal.goalId, found.no);
  if (command.input !== undefined) named.inputOverride = command.input;
  const again: Draft<Task>[] = [];
  for (const task of set.allTasks(goal.goalId)) {
    const wanted = task.no === found.no || (isStopped && stoppedTheGoal(set, goal, task));
    if (!wanted) continue;
    const draft = set.editTask(goal.goalId, task.no);
    resetTask(goal, draft);
    again.push(draft);
  }
  takeBackCompensations(set, goal, again);
  reopen(set, goal, command.by);
  set.emit(goal, {
    type: 'task-retried',
    taskNo: found.no,
    data: {
      key: found.key,
      by: command.by,
      input: command.input === undefined ? 'same' : 'edited',
    },
  });
  for (const task of again.toReversed()) restart(set, goal, task);
  for (const task of again) recountDependents(set, goal, task);
  return { goal };
}

function stoppedTheGoal(set: WorkingSet, goal: Goal, task: Task): boolean {
  const { onFailure, compensates } = definitionOf(set, goal, task);
  if (compensates === true) return false;
  if (task.state === 'cancelled') return task.reason === 'goal-failed';
  return task.state === 'failed' && onFailure !== 'continue';
}

/** A goal that is stopping has work under way that would be lost from sight if it were opened again. */
function editStillGoal(set: WorkingSet, command: RetryTask | RerunFrom): Draft<Goal> {
  const goal = set.editGoal(command.tenantId, command.goalId);
  if (goal.state !== 'failing' && goal.state !== 'cancelling') return goal;
  throw refused('goal-stopping', `Goal ${goal.goalId} is ${goal.state}; wait until it has ended.`);
}

function refuseCompensation(set: WorkingSet, goal: Goal, task: Task): void {
  if (definitionOf(set, goal, task).compensates !== true) return;
  throw refused('task-compensates', `Task ${task.key} only runs when the task it compensates has failed.`, {
    action: 'Retry the task that it compensates.',
  });
}

/** What is tried again is no longer undone: its compensation stands by for the next failure (T9). */
function takeBackCompensations(set: WorkingSet, goal: Draft<Goal>, again: readonly Task[]): void {
  const { numberOf } = graphOf(set.getDefinition(goal));
  for (const task of again) {
    const { onFailure } = definitionOf(set, goal, task);
    const no = typeof onFailure === 'object' ? numberOf.get(onFailure.compensate) : undefined;
    const found = no === undefined ? undefined : set.getTask(goal.goalId, no);
    if (found === undefined || found.reason === 'compensation') continue;
    const compensation = set.editTask(goal.goalId, found.no);
    resetTask(goal, compensation);
    goal.tasksOpen -= 1;
    compensation.state = 'skipped';
    compensation.reason = 'compensation';
  }
}

/** Lets a task that was reset go when it needs nothing; items go with their group. */
function restart(set: WorkingSet, goal: Draft<Goal>, task: Draft<Task>): void {
  if (task.parentNo === undefined) {
    if (itemRangeOf(task) === undefined) countNeeds({ set, goal, task });
    else reviveGroup(set, goal, task);
    return;
  }
  const group = set.editTask(goal.goalId, task.parentNo);
  const range = itemRangeOf(group);
  if (group.state !== 'blocked' || range === undefined) return;
  group.needsLeft += 1;
  task.reason = 'item-limit';
  let going = 0;
  for (let no = range.first; no < range.first + range.count; no++) {
    const { state, reason } = set.getTask(goal.goalId, no);
    if (!isTaskEnded(state) && !(state === 'waiting' && reason === 'item-limit')) going += 1;
  }
  const atOnce = definitionOf(set, goal, group).forEach?.concurrency ?? range.count;
  letGo(set, group, {
    range: { ...range, next: Math.min(range.next, task.no) },
    count: Math.max(0, atOnce - going),
  });
}

/** Tasks that had counted it as ended and still wait for others wait for it too. */
function recountDependents(set: WorkingSet, goal: Draft<Goal>, task: Task): void {
  if (task.parentNo !== undefined) return;
  for (const no of graphOf(set.getDefinition(goal)).children[task.no] ?? []) {
    if (set.getTask(goal.goalId, no).state === 'waiting')
      countNeeds({ set, goal, task: set.editTask(goal.goalId, no) });
  }
}

/** A group whose items are tried again is not expanded anew: those that succeeded stay. */
function reviveGroup(set: WorkingSet, goal: Draft<Goal>, group: Draft<Task>): void {
  const range = itemRangeOf(group);
  if (range === undefined) return;
  group.state = 'blocked';
  group.reason = 'items';
  group.needsLeft = 0;
  for (let no = range.first; no < range.first + range.count; no++) {
    if (isTaskEnded(set.getTask(group.goalId, no).state)) continue;
    group.needsLeft += 1;
    set.editTask(group.goalId, no).reason = 'item-limit';
  }
  const atOnce = definitionOf(set, goal, group).forEach?.concurrency ?? range.count;
  // Its items may all have succeeded while it was being stopped.
  if (group.needsLeft === 0) endGroup({ set, goal, task: group }, range);
  else letGo(set, group, { range: { ...range, next: range.first }, count: atOnce });
}

/** Runs a task again although it ended, with everything that needs it. */
export function rerunFrom(set: WorkingSet, command: RerunFrom): Replies['rerun-from'] {
  const found = findByKey(set, command);
  if (found.no >= firstItemNo)
    throw refused('task-is-item', `${found.key} is an item; re-run from its for_each task instead.`);
  if (!isTaskEnded(found.state))
    throw refused('task-not-ended', `Task ${found.key} is ${found.state}; only an ended task can be run again.`);
  const goal = editStillGoal(set, command);
  refuseCompensation(set, goal, found);
  const plan = set.getDefinition(goal);
  const again = descendantsOf(graphOf(plan), found.no);
  const rows = [...again].map((no) => set.getTask(goal.goalId, no)).filter((task) => task.reason !== 'removed');
  const busy = rows.find((task) => task.state === 'running' || task.state === 'blocked');
  if (busy !== undefined) {
    throw refused('task-running', `Task ${busy.key}, which depends on ${found.key}, is ${busy.state}.`, {
      action: 'Wait for it or cancel the goal, then re-run.',
    });
  }
  // Items are left as they ended: their group is expanded anew.
  const stopped = isGoalEnded(goal.state)
    ? set.allTasks(goal.goalId).filter((task) => task.parentNo === undefined && stoppedTheGoal(set, goal, task))
    : [];
  for (const task of [...rows, ...stopped]) {
    const draft = set.editTask(goal.goalId, task.no);
    if (draft.run !== task.run) continue;
    resetTask(goal, draft);
    draft.item = undefined;
  }
  takeBackCompensations(set, goal, [...rows, ...stopped]);
  reopen(set, goal, command.by);
  set.emit(goal, {
    type: 'task-retried',
    taskNo: found.no,
    data: {
      key: found.key,
      by: command.by,
      input: 'same',
      andAfter: rows.length - 1,
    },
  });
  for (const task of [...rows, ...stopped]) countNeeds({ set, goal, task: set.editTask(goal.goalId, task.no) });
  return { goal };
}

function reopen(set: WorkingSet, goal: Draft<Goal>, by: string): void {
  if (!isGoalEnded(goal.state)) return;
  goal.state = 'running';
  goal.failure = undefined;
  goal.finishedAt = undefined;
  goal.outputs = undefined;
  if (goal.deadlineAt !== undefined && goal.deadlineAt <= set.now) goal.deadlineAt = undefined;
  if (goal.startAt !== undefined && goal.startAt > set.now) goal.startAt = undefined;
  set.emit(goal, { type: 'goal-reopened', data: { by } });
}

export function findByKey(set: WorkingSet, command: Pick<RetryTask, 'tenantId' | 'goalId' | 'taskKey'>): Task {
  const goal = set.getGoal(command.tenantId, command.goalId);
  const no = graphOf(set.getDefinition(goal)).numberOf.get(command.taskKey);
  const task = no === undefined ? findItem(set, goal, command.taskKey) : set.findTask(goal.goalId, no);
  if (task === undefined) throw refused('task-not-found', `Goal ${goal.goalId} has no task "${command.taskKey}".`);
  return task;
}

/**
 * A group that was run again has items of the same keys as before: those of its last expansion are meant. A task that
 * was removed from the plan is not meant by anybody.
 */
function findItem(set: WorkingSet, goal: Goal, key: string): Task | undefined {
  const item = set.allTasks(goal.goalId).findLast((row) => row.key === key);
  if (item?.parentNo === undefined) return undefined;
  return isItemOf(set.getTask(goal.goalId, item.parentNo), item.no) ? item : undefined;
}
