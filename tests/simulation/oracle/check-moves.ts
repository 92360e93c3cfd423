// What must hold between the rows of a goal before a batch and after it.

import { definitionOf, needsOf, type Before, type Report, type Snapshot } from './snapshot.ts';
import { isEnded, isGoalOver, type TaskRow } from './rows.ts';

export function checkMoves(now: Snapshot, report: Report): void {
  checkEvents(now, report);
  checkAttempts(now, report);
  const { before } = now;
  if (before === undefined) return;
  checkGoalMove(now, before, report);
  for (const task of now.tasks.values()) checkTaskMove(now, { task, was: before.tasks.get(task.no) }, report);
  for (const no of before.tasks.keys()) if (!now.tasks.has(no)) report('G1', `task number ${no} is gone`);
}

function checkEvents({ goal, newEvents, before, now }: Snapshot, report: Report): void {
  let seq = before?.goal.event_seq ?? 0;
  for (const event of newEvents) {
    seq += 1;
    if (event.seq !== seq) report('E1', `event ${event.seq} follows event ${seq - 1}`);
    if (event.at !== now) report('E1', `event ${event.seq} of ${now} says ${event.at}`);
  }
  if (goal.event_seq !== seq) report('E1', `the goal counts ${goal.event_seq} events, there are ${seq}`);
}

/** Every try has an end or is under way, and each number was given once. */
function checkAttempts({ goal, rows, tasks }: Snapshot, report: Report): void {
  const ended = new Map<number, number>();
  for (const { task_no: no } of rows.attempts(goal.goal_id)) ended.set(no, (ended.get(no) ?? 0) + 1);
  for (const task of tasks.values()) {
    const known = (ended.get(task.no) ?? 0) + (task.state === 'running' ? 1 : 0);
    if (known !== task.attempt) report('T2', `${task.key} is at attempt ${task.attempt}, and ${known} are known`);
  }
}

function checkGoalMove(
  { goal, newEvents, tasks }: Snapshot,
  { goal: was, tasks: tasksBefore }: Before,
  report: Report,
): void {
  if (goal.version < was.version) report('G1', `version fell from ${was.version} to ${goal.version}`);
  if (goal.plan_version < was.plan_version)
    report('P1', `plan version fell from ${was.plan_version} to ${goal.plan_version}`);
  if (was.plan_hash !== goal.plan_hash && was.plan_version === goal.plan_version)
    report('P1', 'the plan changed under its version');
  const reopened = newEvents.some(({ type }) => type === 'goal-reopened');
  if (reopened) return;
  if (isGoalOver(was.state) && goal.state !== was.state)
    report('G2', `went from ${was.state} to ${goal.state} by itself`);
  if (was.state === 'cancelling' && !['cancelling', 'cancelled'].includes(goal.state))
    report('G6', `went from cancelling to ${goal.state}`);
  if (was.state === 'failing' && !['failing', 'failed', 'cancelling', 'cancelled'].includes(goal.state)) {
    report('G5', `went from failing to ${goal.state}`);
  }
  if (was.state === 'failing' && goal.state === 'failing' && was.failure !== goal.failure)
    report('G5', 'a later failure took the place of the first');
  if (tasks.size < tasksBefore.size) report('P2', 'the plan lost tasks');
}

interface Move {
  readonly task: TaskRow;
  readonly was: TaskRow | undefined;
}

function checkTaskMove(now: Snapshot, { task, was }: Move, report: Report): void {
  const starts = now.newEvents.filter(({ type, task_no: no }) => type === 'task-started' && no === task.no).length;
  if (task.attempt !== (was?.attempt ?? 0) + starts) {
    report('T2', `${task.key} went from attempt ${was?.attempt ?? 0} to ${task.attempt} with ${starts} starts`);
  }
  if (starts > 0) checkStart(now, task, report);
  if (was === undefined) return;
  if (task.key !== was.key || task.definition_no !== was.definition_no)
    report('P2', `task number ${task.no} became another`);
  if (task.run < was.run) report('T4', `${task.key} went from run ${was.run} to ${task.run}`);
  if (isEnded(was.state)) checkEnded(now, { task, was }, report);
  if (task.state === was.state) return;
  if (was.state === 'waiting') checkRace(now, task, report);
  // A retry tells of itself once, for all that it sets back.
  const told = now.newEvents.some(
    ({ task_no: no, type }) => type === 'task-retried' || (no === task.no && type === 'task-finished'),
  );
  if (isEnded(task.state) && !told)
    report('E1', `${task.key} went from ${was.state} to ${task.state} without an event`);
  if (task.state === 'sleeping' && task.reason === 'retry') checkBackoff(now, task, report);
}

/** T5: who wins a race stops the others, in the same transaction. */
function checkRace(now: Snapshot, task: TaskRow, report: Report): void {
  const steered = now.newEvents.some(({ type }) => type === 'plan-changed' || type === 'task-retried');
  if (steered || task.parent_no !== null || definitionOf(now, task).join !== 'first') return;
  const needs = needsOf(now, task.no).map((no) => now.tasks.get(no));
  if (!needs.some((need) => need?.state === 'succeeded')) return;
  const going = needs.find((need) => need !== undefined && !isEnded(need.state) && need.cancel_requested === 0);
  if (going !== undefined)
    report('T5', `${task.key} is ${task.state} and ${going.key}, which lost, is still ${going.state}`);
}

function checkEnded({ newEvents }: Snapshot, { task, was }: { task: TaskRow; was: TaskRow }, report: Report): void {
  const same = task.state === was.state && task.output === was.output && task.attempt === was.attempt;
  // A compensation is begun by the failure of another task; that is its first run.
  if (same || (was.state === 'skipped' && was.reason === 'compensation')) return;
  const again = newEvents.some(({ type }) => type === 'task-retried' || type === 'goal-reopened');
  if (task.run === was.run || !again)
    report('T4', `${task.key} was ${was.state} and is ${task.state} in run ${task.run}`);
}

/** Claims come last in a batch, so the goal now is the goal that the claim saw. */
function checkStart(now: Snapshot, task: TaskRow, report: Report): void {
  const { goal, workers } = now;
  const entry = definitionOf(now, task);
  const allowed = goal.state === 'running' || (goal.state === 'failing' && entry.compensates === true);
  if (!allowed) report('G6', `${task.key} started while the goal is ${goal.state}`);
  if (!['tool', 'agent'].includes(entry.kind)) report('T1', `${task.key} of kind ${entry.kind} was given to a worker`);
  const worker = task.worker_id === null ? undefined : workers.get(task.worker_id);
  if (worker === undefined || worker.lease_until <= now.now)
    report('L2', `${task.key} was given to a worker without a lease`);
  const labels = worker === undefined ? [] : (JSON.parse(worker.labels) as string[]);
  if (entry.requires?.some((label) => !labels.includes(label)) === true)
    report('C3', `${task.key} was given to a worker without its labels`);
  if (goal.start_at !== null && goal.start_at > now.now)
    report('G9', `${task.key} started before the goal's start time`);
}

/** T8, from the policy alone. */
function checkBackoff(now: Snapshot, task: TaskRow, report: Report): void {
  const policy = definitionOf(now, task).retry ?? {
    limit: 3,
    delayMs: 1_000,
    factor: 2,
    delayMsMax: 60_000,
    jitter: 0.2,
  };
  if (task.failures > policy.limit)
    report('T8', `${task.key} is retried ${task.failures} times; at most ${policy.limit}`);
  const longest = Math.min(policy.delayMs * policy.factor ** (task.failures - 1), policy.delayMsMax);
  const waits = (task.wake_at ?? 0) - now.now;
  const retryAfter = now.rows
    .attempts(now.goal.goal_id)
    .filter(({ task_no: no, attempt }) => no === task.no && attempt === task.attempt)
    .map(({ failure }) =>
      failure === null ? 0 : ((JSON.parse(failure) as { retryAfterMs?: number }).retryAfterMs ?? 0),
    );
  const least = Math.max(Math.floor(longest * (1 - policy.jitter)), ...retryAfter);
  const most = Math.max(Math.ceil(longest), ...retryAfter);
  if (waits < least || waits > most)
    report('T8', `${task.key} waits ${waits} ms after failure ${task.failures}; its policy says ${least} to ${most}`);
}
