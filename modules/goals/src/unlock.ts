// What happens to a task when everything it needs has ended, by kind.
import { ChoraleError, refused, toErrorRecord } from '@chorale/lib-errors';
import {
  evaluateCondition,
  evaluateExpression,
  referencedTasks,
  referencedTasksInTemplate,
  resolveTemplate,
} from './expression.ts';
import { makeScope, numbersOf } from './expression-scope.ts';
import { parseDuration } from '@chorale/module-scheduling';
import { expandItems } from './for-each.ts';
import type { Json } from './json.ts';
import type { TaskDefinition, Template } from './plan.ts';
import { startSubGoal } from './submit-goal.ts';
import { definitionOf, endTask, makeReady, makeWait, type Move } from './task-life.ts';

export function unlockTask(move: Move): void {
  const { set, goal, task } = move;
  // Nothing begins before the goal does, also what an edit has freed; `wakeGoal` comes back to it.
  if (goal.state === 'scheduled') return;
  const definition = definitionOf(set, goal, task);
  if (goal.state === 'paused') {
    makeWait(move, { state: 'held', reason: 'goal-paused' });
    return;
  }
  try {
    if (task.parentNo === undefined && skipIfUnwanted(move, definition)) return;
    if (definition.forEach !== undefined && task.parentNo === undefined) {
      expandItems(move, definition, evaluate(move, definition.forEach.items));
      return;
    }
    begin(move, definition);
  } catch (error) {
    // A plan that cannot be evaluated fails its task; anything else is not the plan's fault and stops the command.
    if (!(error instanceof ChoraleError) || error.family === 'broken') throw error;
    endTask(move, 'failed', { failure: toErrorRecord(error) });
  }
}

function skipIfUnwanted(move: Move, definition: TaskDefinition): boolean {
  if (definition.when === undefined) {
    const { needSkipped } = move.task;
    if (needSkipped) endTask(move, 'skipped', { reason: 'need-skipped' });
    return needSkipped;
  }
  const wanted = evaluateCondition(definition.when, scopeFor(move, referencedTasks(definition.when)));
  if (!wanted) endTask(move, 'skipped', { reason: 'when-false' });
  return !wanted;
}

function begin(move: Move, definition: TaskDefinition): void {
  const { set, task } = move;
  switch (definition.kind) {
    case 'agent':
    case 'tool':
      makeReady(move, definition);
      return;
    case 'timer':
      makeWait(move, {
        state: 'sleeping',
        reason: 'timer',
        wakeAt: timerEnd(set.now, task.key, resolve(move, definition.wait ?? 0)),
      });
      return;
    case 'approval':
      askForApproval(move, definition);
      return;
    case 'signal':
      // A signal that came early left its payload here.
      if (task.output === undefined) makeWait(move, { state: 'blocked', reason: 'signal' });
      else endTask(move, 'succeeded', { output: task.output });
      return;
    case 'workflow':
      startSubGoal(move, definition, resolve(move, task.inputOverride ?? definition.with ?? {}));
  }
}

function askForApproval(move: Move, definition: TaskDefinition): void {
  const { set, goal, task } = move;
  const approvalId = set.newApprovalId();
  const question = resolve(move, definition.question ?? task.key);
  set.putApproval({
    tenantId: goal.tenantId,
    approvalId,
    goalId: goal.goalId,
    projectId: goal.projectId,
    taskNo: task.no,
    kind: 'task',
    question: typeof question === 'string' ? question : JSON.stringify(question),
    context: definition.with === undefined ? null : resolve(move, definition.with),
    state: 'pending',
    requestedAt: set.now,
    expiresAt: definition.timeoutMs === undefined ? undefined : set.now + definition.timeoutMs,
    decidedAt: undefined,
    decidedBy: undefined,
    comment: undefined,
    answer: undefined,
  });
  set.emit(goal, { type: 'approval-requested', taskNo: task.no, data: { key: task.key, approval: approvalId } });
  makeWait(move, { state: 'blocked', reason: 'approval', waitsFor: approvalId });
}

function timerEnd(now: number, key: string, wait: Json): number {
  if (typeof wait === 'number' && wait >= 0) return now + wait;
  const durationMs = typeof wait === 'string' ? parseDuration(wait) : undefined;
  if (durationMs !== undefined) return now + durationMs;
  const instant = typeof wait === 'string' ? Date.parse(wait) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw refused(
      'timer-invalid',
      `Task ${key} should wait ${JSON.stringify(wait)}: neither a duration such as 10m, nor milliseconds, nor an RFC 3339 instant.`,
    );
  }
  return instant;
}

function evaluate(move: Move, expression: string): Json {
  return evaluateExpression(expression, scopeFor(move, referencedTasks(expression)));
}

function resolve(move: Move, template: Template): Json {
  return resolveTemplate(template, scopeFor(move, referencedTasksInTemplate(template)));
}

function scopeFor({ set, goal, task }: Move, keys: readonly string[]): ReturnType<typeof makeScope> {
  const numbers = numbersOf(set.getDefinition(goal), keys);
  return makeScope({ goal, of: task, tasks: numbers.map((no) => set.getTask(goal.goalId, no)) });
}
