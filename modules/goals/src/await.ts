// An attempt that waits: its slot is free, its journal stays open at the step it waits in, and what it waited for ends
// that step (J3).
import { refused, toErrorRecord } from '@chorale/lib-errors';
import type { Awaited } from './command.ts';
import type { Json } from './json.ts';
import { pauseSubGoal } from './pause-goal.ts';
import { addGoal, subGoalDepthMax } from './submit-goal.ts';
import { definitionOf, endTask, makeReady, makeWait, type Move } from './task-life.ts';

export function awaitAnswer(move: Move, on: Awaited): void {
  switch (on.for) {
    case 'person':
      askPerson(move, on);
      return;
    case 'sub-goal':
      openSubGoal(move, on);
      return;
    case 'time':
      makeWait(move, {
        state: 'sleeping',
        reason: 'retry',
        wakeAt: on.until,
        ...(on.failure === undefined ? {} : { failure: on.failure }),
      });
  }
}

function askPerson({ set, goal, task }: Move, on: Extract<Awaited, { for: 'person' }>): void {
  const approvalId = set.newApprovalId();
  set.putApproval({
    tenantId: goal.tenantId,
    approvalId,
    goalId: goal.goalId,
    projectId: goal.projectId,
    taskNo: task.no,
    kind: on.kind,
    question: on.question,
    context: on.context,
    state: 'pending',
    requestedAt: set.now,
    expiresAt: on.expiresAt,
    decidedAt: undefined,
    decidedBy: undefined,
    comment: undefined,
    answer: undefined,
  });
  set.emit(goal, { type: 'approval-requested', taskNo: task.no, data: { key: task.key, approval: approvalId } });
  makeWait({ set, goal, task }, { state: 'blocked', reason: 'approval', waitsFor: approvalId });
}

function openSubGoal({ set, goal, task }: Move, on: Extract<Awaited, { for: 'sub-goal' }>): void {
  if (goal.depth >= subGoalDepthMax) {
    const failure = refused(
      'sub-goals-too-deep',
      `Task ${task.key} would open a sub-goal ${goal.depth + 1} levels deep; at most ${subGoalDepthMax} are allowed.`,
    );
    endTask({ set, goal, task }, 'failed', { failure: toErrorRecord(failure) });
    return;
  }
  const goalId = set.newGoalId();
  const child = addGoal(set, {
    tenantId: goal.tenantId,
    goalId,
    projectId: goal.projectId,
    title: on.title,
    definition: on.definition,
    planHash: on.planHash,
    inputs: on.inputs,
    priority: goal.priority,
    requestedBy: goal.requestedBy,
    planAuthor: on.author,
    planReason: on.reason,
    deadlineAt: goal.deadlineAt,
    parentGoalId: goal.goalId,
    parentTaskNo: task.no,
    depth: goal.depth + 1,
    restoredIn: goal.restoredIn,
  });
  makeWait({ set, goal, task }, { state: 'blocked', reason: 'sub-goal', waitsFor: goalId });
  if (goal.state === 'paused') pauseSubGoal(set, child, goal.goalId);
}

/** The answer is there: it ends the step that waits for it, and the task goes on in the same run. */
export function endWait({ set, goal, task }: Move, answer: Json): void {
  for (const step of set.startedSteps(task.goalId, task.no, task.run)) {
    if (step.kind !== 'wait') continue;
    set.putStep({ ...step, state: 'finished', output: answer, finishedAt: set.now });
    set.emit(goal, {
      type: 'step-finished',
      taskNo: task.no,
      data: { key: task.key, step: step.stepNo, name: step.name },
    });
  }
  makeReady({ set, goal, task }, definitionOf(set, goal, task));
}
