// The end of a try at a task, as its worker reports it.
import { broken, refused, toErrorRecord } from '@chorale/lib-errors';
import { retryDelayMs } from '@chorale/module-scheduling';
import { awaitAnswer } from './await.ts';
import type { FinishAttempt, Hold, RecordStep, ReleaseTask, Replies, StepRecord } from './command.ts';
import type { RetryPolicy } from './plan.ts';
import type { Step } from './records.ts';
import { definitionOf, endTask, makeReady, makeWait, recordAttempt, type Move } from './task-life.ts';
import type { Task } from './task.ts';
import type { WorkingSet } from './working-set.ts';

/** Errors of the temporary family are retried even when the plan says nothing. */
const defaultRetry: RetryPolicy = { limit: 3, delayMs: 1_000, factor: 2, delayMsMax: 60_000, jitter: 0.2 };

/** The task, if this attempt still holds it (T2); otherwise the writer is too late and is refused. */
function heldTask(set: WorkingSet, hold: Hold): Task {
  set.getGoal(hold.tenantId, hold.goalId);
  const task = set.getTask(hold.goalId, hold.taskNo);
  if (task.state === 'running' && task.attempt === hold.attempt) return task;
  throw refused(
    'lease-lost',
    `Attempt ${hold.attempt} no longer holds task ${task.key}: it is ${task.state}, attempt ${task.attempt}.`,
    {
      action: 'Drop the result; the task has another holder or has ended.',
    },
  );
}

export function finishAttempt(set: WorkingSet, command: FinishAttempt): Replies['finish-attempt'] {
  heldTask(set, command);
  const goal = set.editGoal(command.tenantId, command.goalId);
  const task = set.editTask(command.goalId, command.taskNo);
  // The single call of a tool task was not written before (J1), so on the first attempt its step is new.
  const isNew = task.attempt === 1 && definitionOf(set, goal, task).kind === 'tool';
  for (const step of command.steps ?? []) set.putStep(stepOf(task, step), isNew);
  for (const artifact of command.artifacts ?? []) {
    const { tenantId, goalId, no: taskNo, attempt } = task;
    set.addArtifact({ ...artifact, tenantId, goalId, taskNo, attempt, at: set.now });
    set.emit(goal, { type: 'artifact-stored', taskNo: taskNo, data: { name: artifact.name, hash: artifact.hash } });
  }
  const { result } = command;
  switch (result.outcome) {
    case 'succeeded':
      recordAttempt({ set, task }, 'succeeded');
      endTask({ set, goal, task }, 'succeeded', { output: result.output });
      break;
    case 'failed':
      recordAttempt({ set, task }, 'failed', result.failure);
      if (task.cancelRequested) endTask({ set, goal, task }, 'cancelled', { reason: task.reason });
      else failAttempt({ set, goal, task }, result);
      break;
    case 'cancelled':
      recordAttempt({ set, task }, 'cancelled');
      endTask({ set, goal, task }, 'cancelled', { reason: task.reason });
      break;
    case 'handed-back':
      recordAttempt({ set, task }, 'handed-back');
      giveBack({ set, goal, task });
      break;
    case 'uncertain':
      recordAttempt({ set, task }, 'uncertain');
      if (task.cancelRequested) endTask({ set, goal, task }, 'cancelled', { reason: task.reason });
      else askAboutStep({ set, goal, task }, result);
      break;
    case 'waiting':
      recordAttempt({ set, task }, 'waiting');
      if (task.cancelRequested) endTask({ set, goal, task }, 'cancelled', { reason: task.reason });
      else awaitAnswer({ set, goal, task }, result.on);
  }
  return { goal };
}

type Failed = Extract<FinishAttempt['result'], { outcome: 'failed' }>;

/** Retried under the task's policy, unless trying again cannot help. */
function failAttempt({ set, goal, task }: Move, { failure, sameRun }: Failed): void {
  const definition = definitionOf(set, goal, task);
  const policy = definition.retry ?? (failure.family === 'temporary' ? defaultRetry : undefined);
  if (policy === undefined || failure.family === 'refused' || task.failures >= policy.limit) {
    endTask({ set, goal, task }, 'failed', { failure });
    return;
  }
  task.failures += 1;
  // A new run has an empty journal, and knows of no worker that was lost: it would do again what may be done.
  if (sameRun !== true) {
    task.run += 1;
    task.losses = 0;
  }
  const delayMs = Math.max(retryDelayMs(policy, task.failures, set.context.random), failure.retryAfterMs ?? 0);
  makeWait({ set, goal, task }, { state: 'sleeping', reason: 'retry', wakeAt: set.now + delayMs, failure });
}

function giveBack({ set, goal, task }: Move): void {
  if (task.cancelRequested) endTask({ set, goal, task }, 'cancelled', { reason: task.reason });
  else makeReady({ set, goal, task }, definitionOf(set, goal, task));
}

function askAboutStep(
  { set, goal, task }: Move,
  result: Extract<FinishAttempt['result'], { outcome: 'uncertain' }>,
): void {
  const approvalId = set.newApprovalId();
  set.putApproval({
    tenantId: goal.tenantId,
    approvalId,
    goalId: goal.goalId,
    projectId: goal.projectId,
    taskNo: task.no,
    kind: 'uncertain-step',
    question: result.question,
    context: result.context,
    state: 'pending',
    requestedAt: set.now,
    expiresAt: undefined,
    decidedAt: undefined,
    decidedBy: undefined,
    comment: undefined,
    answer: undefined,
  });
  set.emit(goal, { type: 'approval-requested', taskNo: task.no, data: { key: task.key, approval: approvalId } });
  makeWait({ set, goal, task }, { state: 'blocked', reason: 'uncertain-step', waitsFor: approvalId });
}

export function recordStep(set: WorkingSet, command: RecordStep): void {
  const task = heldTask(set, command);
  const goal = set.editGoal(command.tenantId, command.goalId);
  set.putStep(stepOf(task, command.step));
  const { stepNo, name, ended } = command.step;
  set.emit(goal, {
    type: ended === undefined ? 'step-started' : 'step-finished',
    taskNo: task.no,
    data: {
      key: task.key,
      step: stepNo,
      name,
    },
  });
}

function stepOf(task: Task, step: StepRecord): Step {
  const { ended, ...started } = step;
  return {
    ...started,
    tenantId: task.tenantId,
    goalId: task.goalId,
    taskNo: task.no,
    run: task.run,
    attempt: task.attempt,
    state: ended === undefined ? 'started' : ended.failure === undefined ? 'finished' : 'failed',
    output: ended?.output,
    failure: ended?.failure,
    finishedAt: ended?.finishedAt,
  };
}

/** Takes a task from a worker whose lease is over. Nothing happens when the lease turns out to hold. */
export function releaseTask(set: WorkingSet, command: ReleaseTask): void {
  set.getGoal(command.tenantId, command.goalId);
  const task = set.getTask(command.goalId, command.taskNo);
  if (task.state !== 'running' || task.attempt !== command.attempt || task.workerId === undefined) return;
  const worker = set.findWorker(task.workerId);
  if (worker !== undefined && worker.leaseUntil > set.now) return;
  const goal = set.editGoal(command.tenantId, command.goalId);
  const lost = set.editTask(command.goalId, command.taskNo);
  recordAttempt({ set, task: lost }, 'lost');
  set.emit(goal, {
    type: 'task-lost',
    taskNo: lost.no,
    data: { key: lost.key, attempt: lost.attempt, worker: task.workerId },
  });
  lost.losses += 1;
  if (lost.losses > set.context.limits.lossesMax && !lost.cancelRequested) {
    const failure = broken(
      'worker-lost-too-often',
      `The workers of task ${lost.key} were lost ${lost.losses} times in a row.`,
      {
        action: 'Look at what the task does to its worker, then retry it.',
      },
    );
    endTask({ set, goal, task: lost }, 'failed', { failure: toErrorRecord(failure) });
    return;
  }
  giveBack({ set, goal, task: lost });
}
