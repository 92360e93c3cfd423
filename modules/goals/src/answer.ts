// Answers from outside: a person decides an approval, a signal arrives, a question runs out of time.
import { refused, toErrorRecord } from '@chorale/lib-errors';
import type { DecideApproval, ExpireApproval, Replies, SendSignal } from './command.ts';
import type { Json } from './json.ts';
import { graphOf } from './plan-graph.ts';
import type { Approval } from './records.ts';
import { definitionOf, endTask, makeReady, type Move } from './task-life.ts';
import { isTaskEnded, type Task } from './task.ts';
import { endWait } from './await.ts';
import type { Draft } from './changes.ts';
import type { WorkingSet } from './working-set.ts';

export function decideApproval(set: WorkingSet, command: DecideApproval): Replies['decide-approval'] {
  set.getGoal(command.tenantId, command.goalId);
  const approval = set.getApproval(command.goalId, command.approvalId);
  const state = command.decision === 'approve' ? 'approved' : 'rejected';
  if (approval.state === state && approval.decidedBy === command.decidedBy)
    return { goal: set.getGoal(command.tenantId, command.goalId) };
  if (approval.state !== 'pending') {
    throw refused(
      'approval-decided',
      `Approval ${approval.approvalId} is ${approval.state}${approval.decidedBy === undefined ? '' : ` by ${approval.decidedBy}`}.`,
    );
  }
  const goal = set.editGoal(command.tenantId, command.goalId);
  set.putApproval({
    ...approval,
    state,
    decidedAt: set.now,
    decidedBy: command.decidedBy,
    comment: command.comment,
    answer: command.answer,
  });
  set.emit(goal, {
    type: 'approval-decided',
    taskNo: approval.taskNo,
    data: {
      approval: approval.approvalId,
      decision: state,
      by: command.decidedBy,
    },
  });
  const found = set.getTask(goal.goalId, approval.taskNo);
  if (found.state !== 'blocked' || found.waitsFor !== approval.approvalId) return { goal };
  const task = set.editTask(goal.goalId, approval.taskNo);
  if (isAskedByAgent(approval)) endWait({ set, goal, task }, decisionOf(state, command));
  else if (command.decision === 'reject') rejectTask({ set, goal, task }, command);
  else if (approval.kind === 'task') endTask({ set, goal, task }, 'succeeded', { output: answerOf(command) });
  else {
    closeUncertainSteps(set, task, command.answer);
    makeReady({ set, goal, task }, definitionOf(set, goal, task));
  }
  return { goal };
}

function isAskedByAgent({ kind }: Approval): boolean {
  return kind !== 'task' && kind !== 'uncertain-step';
}

/** What the agent is told; whatever it is, the agent goes on with it. */
function decisionOf(decision: string, { decidedBy, comment, answer }: Partial<DecideApproval>): Json {
  return {
    decision,
    ...(decidedBy === undefined ? {} : { by: decidedBy }),
    ...(comment === undefined ? {} : { comment }),
    ...(answer === undefined ? {} : { answer }),
  };
}

function answerOf(command: DecideApproval): Json {
  return (
    command.answer ?? {
      approved: true,
      by: command.decidedBy,
      ...(command.comment === undefined ? {} : { comment: command.comment }),
    }
  );
}

function rejectTask({ set, goal, task }: Move, command: DecideApproval): void {
  const failure = refused(
    'approval-rejected',
    `${command.decidedBy} rejected task ${task.key}${command.comment === undefined ? '.' : `: ${command.comment}`}`,
  );
  endTask({ set, goal, task }, 'failed', { failure: toErrorRecord(failure), reason: 'rejected' });
}

/** The person either said what the call gave, or that it may be made again. */
function closeUncertainSteps(set: WorkingSet, task: Draft<Task>, answer: Json | undefined): void {
  task.losses = 0;
  for (const step of set.startedSteps(task.goalId, task.no, task.run)) {
    if (answer !== undefined) set.putStep({ ...step, state: 'finished', output: answer, finishedAt: set.now });
    else {
      const failure = refused('repeat-approved', 'Its outcome was unknown; a person allowed it to be made again.');
      set.putStep({ ...step, state: 'failed', failure: toErrorRecord(failure), finishedAt: set.now });
    }
  }
}

export function expireApproval(set: WorkingSet, command: ExpireApproval): void {
  set.getGoal(command.tenantId, command.goalId);
  const approval: Approval = set.getApproval(command.goalId, command.approvalId);
  if (approval.state !== 'pending' || approval.expiresAt === undefined || approval.expiresAt > set.now) return;
  const goal = set.editGoal(command.tenantId, command.goalId);
  set.putApproval({ ...approval, state: 'expired', decidedAt: set.now });
  set.emit(goal, {
    type: 'approval-decided',
    taskNo: approval.taskNo,
    data: { approval: approval.approvalId, decision: 'expired' },
  });
  const task = set.editTask(goal.goalId, approval.taskNo);
  if (task.state !== 'blocked' || task.waitsFor !== approval.approvalId) return;
  if (isAskedByAgent(approval)) {
    endWait({ set, goal, task }, decisionOf('expired', {}));
    return;
  }
  const failure = refused('approval-expired', `Nobody answered task ${task.key} in time.`);
  endTask({ set, goal, task }, 'failed', { failure: toErrorRecord(failure) });
}

/** Ends the signal task of that name, or leaves the payload for when it is reached. */
export function sendSignal(set: WorkingSet, command: SendSignal): Replies['send-signal'] {
  const found = set.getGoal(command.tenantId, command.goalId);
  const plan = set.getDefinition(found);
  const no = graphOf(plan).numberOf.get(command.name);
  if (no === undefined || plan.tasks[no]?.kind !== 'signal') {
    const names = plan.tasks.filter((task) => task.kind === 'signal').map((task) => task.key);
    throw refused('signal-unknown', `Goal ${found.goalId} waits for no signal "${command.name}".`, {
      action: names.length === 0 ? 'Its workflow has no signal tasks.' : `Its signals are: ${names.join(', ')}.`,
    });
  }
  if (isTaskEnded(set.getTask(found.goalId, no).state)) {
    throw refused(
      'signal-received-already',
      `Signal "${command.name}" of goal ${found.goalId} is no longer waited for.`,
    );
  }
  const goal = set.editGoal(command.tenantId, command.goalId);
  const task = set.editTask(goal.goalId, no);
  set.emit(goal, { type: 'signal-received', taskNo: no, data: { key: command.name } });
  if (task.state === 'blocked') endTask({ set, goal, task }, 'succeeded', { output: command.payload });
  else task.output = command.payload;
  return { goal };
}
