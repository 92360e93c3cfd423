import type { Attempt as AttemptView, Step as StepView, Task as TaskView } from '@chorale/lib-client';
import type { ErrorRecord } from '@chorale/lib-errors';
import type { Attempt, PlanDefinition, Step, Task, TaskDefinition } from '@chorale/module-goals';
import { compact } from './compact.ts';
import { failureView, priorityName } from './goal-view.ts';

export function taskView(task: Task, plan: PlanDefinition): TaskView {
  const definition = definitionOf(task, plan);
  return compact({
    goalId: task.goalId,
    no: task.no,
    key: task.key,
    kind: definition.kind,
    title: definition.title,
    // An item waits for what its group waited for.
    needs: task.parentNo === undefined ? definition.needs : [],
    agent: definition.agent,
    skill: definition.skill,
    tool: definition.tool,
    definitionNo: task.definitionNo,
    parentNo: task.parentNo,
    itemIndex: task.itemIndex,
    item: task.parentNo === undefined ? undefined : task.item,
    state: task.state,
    reason: task.reason,
    waitsFor: task.waitsFor,
    attempt: task.attempt,
    run: task.run,
    failures: task.failures,
    workerId: task.workerId,
    priority: priorityName(task.priority),
    wakeAt: task.wakeAt,
    readyAt: task.readyAt,
    startedAt: task.startedAt,
    finishedAt: task.finishedAt,
    output: task.output,
    failure: maybeFailure(task.failure),
    inputOverride: task.inputOverride,
    cancelRequested: task.cancelRequested,
    compensates: definition.compensates === true,
  });
}

/** A plan may have been changed after the definition was read: a task added since then has no entry in it yet. */
export function definitionOf(task: Task, plan: PlanDefinition): TaskDefinition {
  return plan.tasks[task.definitionNo] ?? { key: task.key, kind: 'agent', needs: [] };
}

export function attemptView({ tenantId: _tenant, goalId: _goal, failure, ...attempt }: Attempt): AttemptView {
  return compact({ ...attempt, failure: maybeFailure(failure) });
}

export function stepView({ tenantId: _tenant, goalId: _goal, failure, ...step }: Step): StepView {
  return compact({ ...step, failure: maybeFailure(failure) });
}

function maybeFailure(failure: ErrorRecord | undefined) {
  return failure === undefined ? undefined : failureView(failure);
}
