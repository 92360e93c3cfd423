// Works off what follows from a command until nothing is left: dependents unlocked, items counted, failures handled,
// goals ended, parents told. A queue and not recursion, so that a chain of ten thousand skips is only a long loop.
import { refused, toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import { referencedTasksInTemplate, resolveTemplate } from './expression.ts';
import { makeScope, numbersOf } from './expression-scope.ts';
import { endWait } from './await.ts';
import { onItemEnded } from './for-each.ts';
import { isGoalEnded, type EndedGoalState, type Goal } from './goal.ts';
import type { Json } from './json.ts';
import { graphOf } from './plan-graph.ts';
import { failGoal, stopTask } from './stop-goal.ts';
import { definitionOf, endTask, failureData, makeReady, type Move } from './task-life.ts';
import { isWithoutResult, type Task } from './task.ts';
import { unlockTask } from './unlock.ts';
import type { Draft } from './changes.ts';
import type { WorkingSet } from './working-set.ts';

export function settle(set: WorkingSet): void {
  for (let at = 0; at < set.consequences.length; at++) {
    const consequence = set.consequences[at];
    if (consequence === undefined) continue;
    const { tenantId, goalId } = consequence;
    if (consequence.about === 'goal-settled') {
      settleGoal(set, tenantId, goalId);
    } else if (consequence.about === 'unlock') {
      const goal = set.editGoal(tenantId, goalId);
      const task = set.editTask(goalId, consequence.no);
      if (task.state === 'waiting' || task.state === 'held') unlockTask({ set, goal, task });
    } else {
      onTaskEnded(set, set.editGoal(tenantId, goalId), consequence.no);
    }
  }
  set.consequences.length = 0;
}

function onTaskEnded(set: WorkingSet, goal: Draft<Goal>, no: number): void {
  const task = set.getTask(goal.goalId, no);
  const definition = definitionOf(set, goal, task);
  if (task.parentNo !== undefined) onItemEnded({ set, goal, task }, definition);
  else if (task.state === 'failed' && definition.onFailure !== 'continue') onTaskFailed(set, goal, task);
  else if (definition.compensates !== true) satisfyDependents(set, goal, task);
  // After what else is queued: another end, in the queue already, may decide how the goal ends.
  if (goal.tasksOpen === 0)
    set.consequences.push({ about: 'goal-settled', tenantId: goal.tenantId, goalId: goal.goalId });
}

function onTaskFailed(set: WorkingSet, goal: Draft<Goal>, task: Task): void {
  const { onFailure } = definitionOf(set, goal, task);
  const failure = { ...(task.failure ?? unknownFailure(task)), taskKey: task.key };
  failGoal(set, goal, failure);
  if (typeof onFailure !== 'object' || goal.state === 'cancelling') return;
  const plan = set.getDefinition(goal);
  const compensationNo = graphOf(plan).numberOf.get(onFailure.compensate);
  const found = compensationNo === undefined ? undefined : set.findTask(goal.goalId, compensationNo);
  if (found === undefined || found.state !== 'skipped' || found.reason !== 'compensation') return;
  const compensation = set.editTask(goal.goalId, found.no);
  goal.tasksOpen += 1;
  compensation.state = 'waiting';
  makeReady({ set, goal, task: compensation }, definitionOf(set, goal, compensation));
}

function unknownFailure(task: Task): ErrorRecord {
  return { family: 'broken', code: 'task-failed', message: `Task ${task.key} failed without saying why.` };
}

function satisfyDependents(set: WorkingSet, goal: Draft<Goal>, task: Task): void {
  const plan = set.getDefinition(goal);
  const graph = graphOf(plan);
  const unwanted = isWithoutResult(task);
  for (const childNo of graph.children[task.no] ?? []) {
    if (set.getTask(goal.goalId, childNo).state !== 'waiting') continue;
    const child = set.editTask(goal.goalId, childNo);
    child.needsLeft -= 1;
    if (plan.tasks[childNo]?.join === 'first') {
      joinFirst({ set, goal, task: child }, task);
      continue;
    }
    if (unwanted) child.needSkipped = true;
    if (child.needsLeft === 0) unlockTask({ set, goal, task: child });
  }
}

/** The first need that succeeded decides; when none did, there is nothing to go on with. */
function joinFirst({ set, goal, task: child }: Move, winner: Task): void {
  if (winner.state !== 'succeeded') {
    if (child.needsLeft > 0) return;
    child.needSkipped = true;
    unlockTask({ set, goal, task: child });
    return;
  }
  child.needsLeft = 0;
  for (const no of graphOf(set.getDefinition(goal)).needs[child.no] ?? []) {
    if (no !== winner.no) stopTask({ set, goal, no }, 'race-lost');
  }
  unlockTask({ set, goal, task: child });
}

function settleGoal(set: WorkingSet, tenantId: TenantId, goalId: GoalId): void {
  const found = set.getGoal(tenantId, goalId);
  if (found.tasksOpen > 0 || isGoalEnded(found.state)) return;
  const goal = set.editGoal(tenantId, goalId);
  let state: EndedGoalState =
    goal.state === 'failing' ? 'failed' : goal.state === 'cancelling' ? 'cancelled' : 'succeeded';
  if (state === 'succeeded') {
    try {
      goal.outputs = outputsOf(set, goal);
    } catch (error) {
      state = 'failed';
      goal.failure = toErrorRecord(error);
    }
  }
  goal.state = state;
  goal.finishedAt = set.now;
  set.emit(goal, {
    type: 'goal-finished',
    data: {
      state,
      ...(goal.failure === undefined ? {} : { failure: failureData(goal.failure) }),
    },
  });
  if (goal.parentGoalId !== undefined) tellParent(set, goal);
}

function outputsOf(set: WorkingSet, goal: Goal): { readonly [name: string]: Json } {
  const plan = set.getDefinition(goal);
  const template = plan.outputs ?? {};
  const numbers = numbersOf(plan, referencedTasksInTemplate(template));
  const tasks = numbers.map((no) => set.getTask(goal.goalId, no));
  return resolveTemplate(template, makeScope({ goal, tasks })) as { readonly [name: string]: Json };
}

function tellParent(set: WorkingSet, child: Goal): void {
  if (child.parentGoalId === undefined || child.parentTaskNo === undefined) return;
  // It may have ended long ago, when a task of this one was tried again.
  const above = set.findGoal(child.tenantId, child.parentGoalId);
  if (above === undefined || above.archivedAt !== undefined) return;
  const parent = set.editGoal(child.tenantId, child.parentGoalId);
  const task = set.editTask(parent.goalId, child.parentTaskNo);
  if (task.state !== 'blocked' || task.waitsFor !== child.goalId) return;
  if (definitionOf(set, parent, task).kind !== 'workflow') {
    endWait({ set, goal: parent, task }, endOf(child));
    return;
  }
  if (child.state === 'succeeded') {
    endTask({ set, goal: parent, task }, 'succeeded', { output: child.outputs ?? {} });
    return;
  }
  const why = child.failure?.message ?? `it was ${child.state}`;
  const failure = refused(
    'sub-goal-failed',
    `The sub-goal ${child.goalId} of task ${task.key} did not succeed: ${why}`,
  );
  endTask({ set, goal: parent, task }, 'failed', { failure: toErrorRecord(failure) });
}

/** What an agent that opened the sub-goal is told of it. */
function endOf({ goalId, state, outputs, failure }: Goal): Json {
  return {
    goal: goalId,
    state,
    ...(outputs === undefined ? {} : { outputs }),
    ...(failure === undefined ? {} : { failure: failureData(failure) }),
    ...(failure?.taskKey === undefined ? {} : { task: failure.taskKey }),
  };
}
