// The moves of a task that need nothing but its own row and its goal's.
//
// Owns:       the fields of a task in each state, the goal's counters, and the event of each move.
// Does not own: what a move means for other tasks; that is queued as a consequence and worked off by `settle`.
// Invariants: TL1 tasksOpen of a goal counts its tasks that have not ended, tasksRunning those that are running.
//             TL2 every move appends exactly one event.
import type { ErrorRecord } from '@chorale/lib-errors';
import type { WorkerId } from '@chorale/lib-ids';
import { defaultQueue, laneName } from '@chorale/module-scheduling';
import type { Goal } from './goal.ts';
import type { Json } from './json.ts';
import type { TaskDefinition } from './plan.ts';
import type { AttemptOutcome } from './records.ts';
import { isTaskEnded, type EndedTaskState, type Task, type TaskReason } from './task.ts';
import type { Draft } from './changes.ts';
import type { WorkingSet } from './working-set.ts';

/** A task in hand: drafts of its row and of its goal's, and the working set they belong to. */
export interface Move {
  readonly set: WorkingSet;
  readonly goal: Draft<Goal>;
  readonly task: Draft<Task>;
}

export function definitionOf(set: WorkingSet, goal: Goal, task: Task): TaskDefinition {
  const definition = set.getDefinition(goal).tasks[task.definitionNo];
  if (definition === undefined) throw new Error(`task ${task.key} has no place in plan ${goal.planHash}`);
  return definition;
}

/** `project`: where it has a limit of its own. */
export function laneOf(definition: TaskDefinition, project = ''): string {
  return laneName({
    queue: definition.queue ?? defaultQueue,
    agent: definition.agent ?? '',
    requires: definition.requires ?? [],
    project,
  });
}

function limitedProject(set: WorkingSet, { tenantId, projectId }: Goal): string {
  const project = `${tenantId}:${projectId}`;
  return set.context.limits.lanes.some(({ scope }) => scope === `project:${project}`) ? project : '';
}

/** Hands the task to the queue, or keeps it while the goal is paused. */
export function makeReady({ set, goal, task }: Move, definition: TaskDefinition): void {
  leaveRunning(goal, task);
  task.waitsFor = undefined;
  task.wakeAt = undefined;
  if (goal.state === 'paused') {
    task.state = 'held';
    task.reason = 'goal-paused';
    set.emit(goal, { type: 'task-waiting', taskNo: task.no, data: { key: task.key, reason: 'goal-paused' } });
    return;
  }
  task.state = 'ready';
  task.reason = undefined;
  task.readyAt = set.now;
  task.priority = definition.priority ?? goal.priority;
  task.lane = laneOf(definition, limitedProject(set, goal));
}

export function startTask({ set, goal, task }: Move, workerId: WorkerId): void {
  task.state = 'running';
  task.attempt += 1;
  task.workerId = workerId;
  task.startedAt = set.now;
  goal.tasksRunning += 1;
  set.emit(goal, {
    type: 'task-started',
    taskNo: task.no,
    data: { key: task.key, attempt: task.attempt, worker: workerId },
  });
}

export interface Wait {
  readonly state: 'sleeping' | 'blocked' | 'held' | 'waiting';
  readonly reason: TaskReason;
  readonly wakeAt?: number | undefined;
  readonly waitsFor?: string;
  readonly failure?: ErrorRecord;
}

/** Lets the task wait for something that is written down. */
export function makeWait({ set, goal, task }: Move, wait: Wait): void {
  leaveRunning(goal, task);
  task.state = wait.state;
  task.reason = wait.reason;
  task.wakeAt = wait.wakeAt;
  task.waitsFor = wait.waitsFor;
  set.emit(goal, {
    type: 'task-waiting',
    taskNo: task.no,
    data: {
      key: task.key,
      reason: wait.reason,
      ...(wait.wakeAt === undefined ? {} : { until: wait.wakeAt }),
      ...(wait.waitsFor === undefined ? {} : { waitsFor: wait.waitsFor }),
      ...(wait.failure === undefined ? {} : { failure: failureData(wait.failure) }),
    },
  });
}

export interface End {
  readonly output?: Json | undefined;
  readonly failure?: ErrorRecord | undefined;
  readonly reason?: TaskReason | undefined;
}

/** Ends the task for good and queues what follows from it. */
export function endTask({ set, goal, task }: Move, state: EndedTaskState, end: End = {}): void {
  leaveRunning(goal, task);
  task.state = state;
  task.reason = end.reason;
  task.waitsFor = undefined;
  task.wakeAt = undefined;
  task.cancelRequested = false;
  task.finishedAt = set.now;
  task.output = end.output;
  task.failure = end.failure;
  goal.tasksOpen -= 1;
  if (state === 'failed') goal.tasksFailed += 1;
  set.emit(goal, {
    type: 'task-finished',
    taskNo: task.no,
    data: {
      key: task.key,
      state,
      ...(end.reason === undefined ? {} : { reason: end.reason }),
      ...(end.failure === undefined ? {} : { failure: failureData(end.failure) }),
    },
  });
  set.consequences.push({ about: 'task-ended', tenantId: goal.tenantId, goalId: goal.goalId, no: task.no });
}

/** Ends a task that waits; asks one that runs to stop, and says until when it may take. */
export function cancelTask({ set, goal, task }: Move, reason: TaskReason): void {
  if (isTaskEnded(task.state)) return;
  if (task.state !== 'running') {
    endTask({ set, goal, task }, 'cancelled', { reason });
    return;
  }
  if (task.cancelRequested) return;
  task.cancelRequested = true;
  task.reason = reason;
  task.wakeAt = set.now + set.context.limits.cancelGraceMs;
}

/** Keeps the try as a row of its own; call it before the task leaves `running`. */
export function recordAttempt(
  { set, task }: Pick<Move, 'set' | 'task'>,
  outcome: AttemptOutcome,
  failure?: ErrorRecord,
): void {
  if (task.workerId === undefined || task.startedAt === undefined) return;
  set.addAttempt({
    tenantId: task.tenantId,
    goalId: task.goalId,
    taskNo: task.no,
    attempt: task.attempt,
    run: task.run,
    workerId: task.workerId,
    outcome,
    startedAt: task.startedAt,
    finishedAt: set.now,
    failure,
  });
}

/** Back to the beginning, for a retry or a re-run. The journal of steps starts anew. */
export function resetTask(goal: Draft<Goal>, task: Draft<Task>): void {
  if (isTaskEnded(task.state)) goal.tasksOpen += 1;
  if (task.state === 'failed') goal.tasksFailed -= 1;
  leaveRunning(goal, task);
  task.run += 1;
  task.failures = 0;
  task.losses = 0;
  task.output = undefined;
  task.failure = undefined;
  task.finishedAt = undefined;
  task.startedAt = undefined;
  task.wakeAt = undefined;
  task.waitsFor = undefined;
  task.cancelRequested = false;
  task.needSkipped = false;
  task.state = 'waiting';
  task.reason = 'needs';
}

function leaveRunning(goal: Draft<Goal>, task: Draft<Task>): void {
  if (task.state !== 'running') return;
  task.workerId = undefined;
  goal.tasksRunning -= 1;
}

export function failureData(failure: ErrorRecord): { readonly [key: string]: Json } {
  return {
    family: failure.family,
    code: failure.code,
    message: failure.message,
    ...(failure.action === undefined ? {} : { action: failure.action }),
  };
}
