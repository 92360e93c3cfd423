// What must hold for the rows of one goal whenever a transaction has ended.

import { definitionOf, itemsOf, needsOf, type Report, type Snapshot } from './snapshot.ts';
import { isEnded, isGoalOver, type TaskRow } from './rows.ts';

export function checkGoal(now: Snapshot, report: Report): void {
  checkCounts(now, report);
  checkGoalState(now, report);
  for (const task of now.tasks.values()) {
    checkState(now, task, report);
    checkWait(now, task, report);
    checkPlace(now, task, report);
  }
  checkApprovals(now, report);
  checkCompensations(now, report);
}

function checkCounts({ goal, tasks }: Snapshot, report: Report): void {
  const count = (of: (task: TaskRow) => boolean): number => [...tasks.values()].filter(of).length;
  const found = {
    tasks_open: count((task) => !isEnded(task.state)),
    tasks_running: count((task) => task.state === 'running'),
    tasks_failed: count((task) => task.state === 'failed'),
    tasks_total: tasks.size,
  };
  for (const [field, number] of Object.entries(found)) {
    const said = goal[field as keyof typeof found];
    if (said !== number) report('G4', `${field} says ${said}, the rows say ${number}`);
  }
}

function checkGoalState({ goal, tasks }: Snapshot, report: Report): void {
  const open = [...tasks.values()].filter((task) => !isEnded(task.state));
  if (isGoalOver(goal.state)) {
    if (open.length > 0) report('G3', `ended as ${goal.state} with ${open.map(({ key }) => key).join(', ')} open`);
    if (goal.finished_at === null) report('G3', 'ended without a time');
  } else if (open.length === 0 && goal.state !== 'scheduled') report('G2', `is ${goal.state} with nothing open in it`);
  if (goal.state === 'failing' && goal.failure === null) report('G5', 'is failing and does not say why');
}

function checkState({ goal }: Snapshot, task: TaskRow, report: Report): void {
  const { key, state, worker_id: workerId } = task;
  if ((state === 'running') !== (workerId !== null)) report('T1', `${key} is ${state} and its worker is ${workerId}`);
  if (state === 'ready' && !['running', 'failing'].includes(goal.state))
    report('G7', `${key} is ready while the goal is ${goal.state}`);
  if (state === 'held' && goal.state !== 'paused') report('G7', `${key} is held while the goal is ${goal.state}`);
  if (state === 'ready' && task.ready_at === null) report('C4', `${key} is ready since nobody knows when`);
  if (task.cancel_requested === 1 && state !== 'running') report('G6', `${key} is ${state} and asked to stop`);
  if (goal.state === 'scheduled' && !['waiting', 'skipped', 'cancelled'].includes(state))
    report('G9', `${key} is ${state} before the goal's start`);
}

/** T3: what a task waits for is written down, and is still to come. */
function checkWait(now: Snapshot, task: TaskRow, report: Report): void {
  const { key, state, reason, wake_at: wakeAt, waits_for: waitsFor } = task;
  if (state === 'sleeping' && wakeAt === null) report('T3', `${key} sleeps for ever`);
  if (state === 'sleeping' && reason !== 'timer' && reason !== 'retry')
    report('T3', `${key} sleeps because of ${reason}`);
  if (wakeAt !== null && state !== 'sleeping' && !(state === 'running' && task.cancel_requested === 1)) {
    report('T3', `${key} is ${state} and would be woken`);
  }
  if (state === 'running' && task.cancel_requested === 1 && wakeAt === null)
    report('G6', `${key} was asked to stop and may take for ever`);
  if (state !== 'blocked') return;
  if (reason === 'approval' || reason === 'uncertain-step') {
    const approval = now.approvals.find(({ approval_id: id }) => id === waitsFor);
    if (approval?.state !== 'pending')
      report('A1', `${key} waits for an approval that is ${approval?.state ?? 'not there'}`);
  } else if (reason === 'sub-goal') {
    const child = waitsFor === null ? undefined : now.rows.goal(waitsFor);
    if (child === undefined || isGoalOver(child.state))
      report('G10', `${key} waits for a sub-goal that is ${child?.state ?? 'not there'}`);
    else if (now.goal.state === 'paused' && child.state === 'running')
      report('G7', `${key} waits for a sub-goal that goes on while the goal is paused`);
  } else if (reason === 'items') checkGroup(now, task, report);
  else if (reason !== 'signal') report('T3', `${key} is blocked because of ${reason}`);
}

function checkGroup(now: Snapshot, group: TaskRow, report: Report): void {
  const items = itemsOf(now, group);
  const open = items.filter((item) => !isEnded(item.state));
  if (open.length !== group.needs_left)
    report('FE2', `${group.key} says ${group.needs_left} items are open, the rows say ${open.length}`);
  if (open.length === 0) report('FE2', `${group.key} waits for items that have all ended`);
  const letGo = open.filter((item) => item.state !== 'waiting').length;
  const allowed = definitionOf(now, group).forEach?.concurrency ?? 0;
  if (letGo > allowed) report('FE1', `${letGo} items of ${group.key} were let go; at most ${allowed}`);
  if (letGo < Math.min(allowed, open.length))
    report('FE1', `only ${letGo} of ${open.length} items of ${group.key} were let go; ${allowed} may be`);
}

/** T5: a task waits exactly as long as something that it needs has not ended. */
function checkPlace(now: Snapshot, task: TaskRow, report: Report): void {
  if (task.state !== 'waiting') return;
  if (task.parent_no !== null) {
    const group = now.tasks.get(task.parent_no);
    if (group?.state !== 'blocked') report('FE1', `${task.key} waits for its turn and its group is ${group?.state}`);
    return;
  }
  if (['failing', 'cancelling'].includes(now.goal.state))
    report('G5', `${task.key} waits in a goal that is ${now.goal.state}`);
  const needs = needsOf(now, task.no).map((no) => now.tasks.get(no));
  const open = needs.filter((need) => need !== undefined && !isEnded(need.state)).length;
  if (task.needs_left !== open) report('T5', `${task.key} says it needs ${task.needs_left} more, the rows say ${open}`);
  if (now.goal.state === 'scheduled') return;
  if (open === 0) report('T5', `${task.key} waits although all it needs has ended`);
  const first = definitionOf(now, task).join === 'first';
  if (first && needs.some((need) => need?.state === 'succeeded'))
    report('T5', `${task.key} waits although one need has succeeded`);
}

function checkApprovals({ approvals, tasks, goal }: Snapshot, report: Report): void {
  for (const { approval_id: id, state, task_no: taskNo } of approvals) {
    if (state !== 'pending') continue;
    const task = tasks.get(taskNo);
    if (isGoalOver(goal.state)) report('A2', `approval ${id} is pending although the goal is ${goal.state}`);
    if (task?.state !== 'blocked' || task.waits_for !== id)
      report('A1', `approval ${id} is pending and its task ${task?.key} is ${task?.state}`);
  }
}

/** T9: a compensation runs when what it compensates failed the goal, and never otherwise. */
function checkCompensations(now: Snapshot, report: Report): void {
  const { goal, tasks, definition } = now;
  for (const [no, entry] of definition.tasks.entries()) {
    const row = tasks.get(no);
    if (row === undefined || entry.removed === true) continue;
    if (entry.compensates === true && !isEnded(row.state) && !['failing', 'cancelling'].includes(goal.state)) {
      report('T9', `the compensation ${row.key} is ${row.state} while the goal is ${goal.state}`);
    }
    if (row.state !== 'failed' || typeof entry.onFailure !== 'object') continue;
    const { compensate } = entry.onFailure;
    const compensation = [...tasks.values()].find(({ key }) => key === compensate);
    const tried = compensation !== undefined && compensation.state !== 'skipped';
    if (!tried && ['failing', 'failed'].includes(goal.state))
      report('T9', `${row.key} failed and ${compensate} was not started`);
  }
}
