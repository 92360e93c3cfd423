// Compares how goals ended with what the model says of their plans.

import { canonicalJson, type Json, type PlanDefinition } from '@chorale/module-goals';
import { predictGoal, type GoalPrediction, type Inputs } from './predict.ts';
import type { GoalRow, Rows, TaskRow } from './rows.ts';
import type { Report } from './snapshot.ts';

/** After any of these a goal was steered, and its plan alone does not say how it ends. */
const steering: ReadonlySet<string> = new Set(['goal-cancelling', 'plan-changed', 'task-retried', 'goal-reopened']);
/** Failures that come from the tools; all others come from trouble, people or time. */
const toolFailure = 'sim-failure';

/** Returns how many goals were compared. */
export function checkOutcomes(rows: Rows, report: Report): number {
  let compared = 0;
  const steered = new Set<string>();
  const goals = rows.goals();
  for (const goal of goals) if (isSteered(rows, goal)) steered.add(goal.goal_id);
  // What happens to a sub-goal happens to its parent.
  for (let before = -1; before !== steered.size;) {
    before = steered.size;
    for (const { goal_id: id, parent_goal_id: parent } of goals)
      if (parent !== null && steered.has(id)) steered.add(parent);
  }
  for (const goal of goals) {
    if (steered.has(goal.goal_id)) continue;
    compared += 1;
    const prediction = predictGoal(rows.definition(goal), JSON.parse(goal.inputs) as Inputs);
    const say: Report = (rule, what) => report(rule, `goal ${goal.goal_id.slice(-4)}: ${what}`);
    compareGoal(goal, prediction, say);
    const tasks = rows.tasks(goal.goal_id);
    for (const task of tasks) compareTask({ goal, task, prediction }, say);
    compareCompensations(rows.definition(goal), tasks, say);
  }
  return compared;
}

function isSteered(rows: Rows, goal: GoalRow): boolean {
  if (rows.events(goal.goal_id, 0).some(({ type }) => steering.has(type))) return true;
  const codeOf = (failure: string | null): string =>
    failure === null ? toolFailure : (JSON.parse(failure) as { code: string }).code;
  if (rows.attempts(goal.goal_id).some(({ failure }) => codeOf(failure) !== toolFailure)) return true;
  if (rows.approvals(goal.goal_id).some(({ kind }) => kind === 'uncertain-step')) return true;
  const disturbed = ['deadline-exceeded', 'worker-lost-too-often', 'approval-expired'];
  return [goal.failure, ...rows.tasks(goal.goal_id).map(({ failure }) => failure)].some((failure) =>
    disturbed.includes(codeOf(failure)),
  );
}

function compareGoal(goal: GoalRow, { ends, causes, outputs }: GoalPrediction, report: Report): void {
  if (!ends.has(goal.state as 'succeeded'))
    return report('G3', `ended as ${goal.state}; the model says ${[...ends].join(' or ')}`);
  if (goal.state === 'failed') {
    const { taskKey, message } = JSON.parse(goal.failure ?? '{}') as { taskKey?: string; message?: string };
    if (taskKey !== undefined && !causes.has(taskKey))
      report('G5', `failed because of ${taskKey} (${message}); the model says ${[...causes].join(', ') || 'nothing'}`);
    return;
  }
  if (outputs !== undefined && !isSame(goal.outputs, outputs))
    report('G3', `gave ${goal.outputs}; the model says ${JSON.stringify(outputs)}`);
}

interface Compared {
  readonly goal: GoalRow;
  readonly task: TaskRow;
  readonly prediction: GoalPrediction;
}

function compareTask({ goal, task, prediction }: Compared, report: Report): void {
  const expected = task.parent_no === null ? prediction.tasks.get(task.key) : undefined;
  if (expected === undefined) return;
  const { ends, output } = expected;
  // Once a goal fails, whatever has not ended is stopped.
  const stopped = goal.state === 'failed' && task.state === 'cancelled';
  if (!stopped && !ends.has(task.state as 'succeeded')) {
    report('T5', `${task.key} ended as ${task.state} (${task.reason}); the model says ${[...ends].join(' or ')}`);
  } else if (task.state === 'succeeded' && output !== undefined && !isSame(task.output, output)) {
    report('FE2', `${task.key} gave ${task.output}; the model says ${JSON.stringify(output)}`);
  }
}

/** T9, for goals that nobody stopped. */
function compareCompensations(plan: PlanDefinition, tasks: readonly TaskRow[], report: Report): void {
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  for (const { key, onFailure } of plan.tasks) {
    if (typeof onFailure !== 'object') continue;
    const failed = byKey.get(key)?.state === 'failed';
    const compensation = byKey.get(onFailure.compensate);
    const ran = compensation !== undefined && compensation.attempt > 0;
    if (failed !== ran)
      report(
        'T9',
        `${key} ${failed ? 'failed' : 'did not fail'} and ${onFailure.compensate} ${ran ? 'ran' : 'did not run'}`,
      );
  }
}

function isSame(kept: string | null, expected: Json): boolean {
  return canonicalJson(kept === null ? null : (JSON.parse(kept) as Json)) === canonicalJson(expected);
}
