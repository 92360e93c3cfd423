// Runs commands on a working set. This is the whole engine: the same code under every store and in the simulator.
import { refused, unreachable } from '@chorale/lib-errors';
import { decideApproval, expireApproval, sendSignal } from './answer.ts';
import type { Command, GoalCommand, Heartbeat, Replies } from './command.ts';
import { editPlan } from './edit-plan.ts';
import { sendMessage } from './send-message.ts';
import { finishAttempt, recordStep, releaseTask } from './finish-attempt.ts';
import type { Worker } from './records.ts';
import { retryTask, rerunFrom } from './retry-task.ts';
import { dropSchedule, fireSchedule, putSchedule } from './schedule.ts';
import { settle } from './settle.ts';
import { changeGoal, reconcileGoal, wakeGoal, wakeTask } from './steer-goal.ts';
import { submitGoal } from './submit-goal.ts';
import type { WorkingSet } from './working-set.ts';

/** Every command but those that need what only the store can find. */
export type PlainCommand = Exclude<Command, { command: 'claim-tasks' | 'heartbeat' | 'archive-goals' }>;

/** Runs one command with all that follows from it. Throws a ChoraleError, leaving no trace, when it is refused. */
export function execute(set: WorkingSet, command: PlainCommand): Replies[PlainCommand['command']] {
  return set.run(() => {
    if ('goalId' in command && command.command !== 'submit-goal') refuseArchived(set, command);
    const reply = dispatch(set, command);
    settle(set);
    return reply;
  });
}

/** Its tasks are no longer where the engine looks for them (G12). */
function refuseArchived(set: WorkingSet, { command, tenantId, goalId }: GoalCommand): void {
  if (set.findGoal(tenantId, goalId)?.archivedAt === undefined) return;
  if (command === 'finish-attempt' || command === 'record-step')
    throw refused('lease-lost', `Goal ${goalId} ended long ago; no attempt holds a task of it.`);
  throw refused('goal-archived', `Goal ${goalId} ended long ago and is in the archive, where nothing changes.`, {
    action: 'Submit it anew, with the same workflow and inputs.',
  });
}

function dispatch(set: WorkingSet, command: PlainCommand): Replies[PlainCommand['command']] {
  switch (command.command) {
    case 'submit-goal':
      return submitGoal(set, command);
    case 'finish-attempt':
      return finishAttempt(set, command);
    case 'record-step':
      return nothing(recordStep(set, command));
    case 'decide-approval':
      return decideApproval(set, command);
    case 'send-signal':
      return sendSignal(set, command);
    case 'send-message':
      return sendMessage(set, command);
    case 'pause-goal':
    case 'resume-goal':
    case 'cancel-goal':
      return changeGoal(set, command);
    case 'reconcile-goal':
      return reconcileGoal(set, command);
    case 'edit-plan':
      return editPlan(set, command);
    case 'retry-task':
      return retryTask(set, command);
    case 'rerun-from':
      return rerunFrom(set, command);
    case 'wake-task':
      return nothing(wakeTask(set, command));
    case 'release-task':
      return nothing(releaseTask(set, command));
    case 'wake-goal':
      return nothing(wakeGoal(set, command));
    case 'expire-approval':
      return nothing(expireApproval(set, command));
    case 'register-worker':
      return { worker: registerWorker(set, command.worker, command.leaseMs) };
    case 'retire-worker':
      return nothing(set.dropWorker(command.workerId));
    case 'put-schedule':
      return putSchedule(set, command);
    case 'drop-schedule':
      return nothing(dropSchedule(set, command));
    case 'fire-schedule':
      return fireSchedule(set, command);
    default:
      return unreachable(command);
  }
}

function nothing(_done: void): Record<never, never> {
  return {};
}

function registerWorker(set: WorkingSet, worker: Omit<Worker, 'leaseUntil' | 'startedAt'>, leaseMs: number): Worker {
  if (set.findWorker(worker.workerId) !== undefined) {
    throw refused(
      'worker-exists',
      `Worker ${worker.workerId} is registered already; a process that lost its lease comes back under a new id.`,
    );
  }
  const row = { ...worker, startedAt: set.now, leaseUntil: set.now + leaseMs };
  set.putWorker(row);
  return row;
}

/** Extends a lease that still holds; one that is over is never extended, since its tasks may have other holders. */
export function extendLease(set: WorkingSet, { workerId, leaseMs, running }: Heartbeat): Worker {
  return set.run(() => {
    const worker = { ...aliveWorker(set, workerId), leaseUntil: set.now + leaseMs, running };
    set.putWorker(worker);
    return worker;
  });
}

export function aliveWorker(set: WorkingSet, workerId: Worker['workerId']): Worker {
  const worker = set.findWorker(workerId);
  if (worker !== undefined && worker.leaseUntil > set.now) return worker;
  throw refused('worker-lease-lost', `The lease of worker ${workerId} is over.`, {
    action: 'Stop its tasks and register again under a new id.',
  });
}
