// Why a goal is where it is: one sentence for each task, and the facts behind it. Pure, so that every state can be tested.
import type { GoalExplanation, TaskExplanation, TaskSession } from '@chorale/lib-client';
import {
  type Approval,
  type Goal,
  isTaskEnded,
  type PlanDefinition,
  type Task,
  type Worker,
} from '@chorale/module-goals';
import { findCauses } from './explain-causes.ts';
import { sayDuration, sayTask } from './explain-sentences.ts';
import { compact } from './views/compact.ts';
import { failureView } from './views/goal-view.ts';
import { definitionOf } from './views/task-view.ts';

/** Everything an explanation is made from, read at about the same moment. */
export interface Situation {
  readonly goal: Goal;
  readonly definition: PlanDefinition;
  readonly tasks: readonly Task[];
  readonly approvals: readonly Approval[];
  readonly workers: readonly Worker[];
  /** By number of the task, of those that agents have worked at. */
  readonly sessions?: ReadonlyMap<number, TaskSession>;
  readonly now: number;
}

export function explainGoal(situation: Situation): GoalExplanation {
  const { goal, tasks, now } = situation;
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  return {
    goalId: goal.goalId,
    title: goal.title,
    state: goal.state,
    summary: summarise(situation),
    at: now,
    tasks: tasks.toSorted(inPlanOrder).map((task) => explainTask(task, situation, byKey)),
  };
}

/** Items of a for_each after the task they belong to, although they were numbered later. */
function inPlanOrder(left: Task, right: Task): number {
  return left.definitionNo - right.definitionNo || (left.itemIndex ?? -1) - (right.itemIndex ?? -1);
}

function explainTask(task: Task, situation: Situation, byKey: ReadonlyMap<string, Task>): TaskExplanation {
  const { now, workers, definition } = situation;
  const causes = findCauses(task, situation, byKey);
  const worker = workers.find((candidate) => candidate.workerId === task.workerId);
  return compact({
    no: task.no,
    key: task.key,
    title: definitionOf(task, definition).title,
    state: task.state,
    reason: task.reason,
    sentence: sayTask(task, { causes, worker, now, ...questionOf(task, situation) }),
    waitsFor: causes,
    attempts: task.attempt,
    run: task.run,
    workerId: task.workerId,
    workerName: worker?.name,
    failure: task.failure === undefined ? undefined : failureView(task.failure),
    waitedMs:
      task.readyAt === undefined ? undefined : Math.max(0, (task.startedAt ?? task.finishedAt ?? now) - task.readyAt),
    session: situation.sessions?.get(task.no),
    ranMs: task.startedAt === undefined ? undefined : Math.max(0, (task.finishedAt ?? now) - task.startedAt),
  });
}

function questionOf(task: Task, { approvals }: Situation): { readonly question?: string } {
  const asked = approvals.find((approval) => approval.taskNo === task.no && approval.state === 'pending');
  return asked === undefined ? {} : { question: asked.question };
}

function summarise(situation: Situation): string {
  const { goal, now } = situation;
  const counts = countTasks(situation.tasks);
  switch (goal.state) {
    case 'scheduled':
      return `It starts in ${sayDuration((goal.startAt ?? now) - now)}.`;
    case 'succeeded':
      return `It succeeded after ${sayDuration((goal.finishedAt ?? now) - goal.createdAt)}.${afterTrouble(goal)}`;
    case 'cancelled':
      return `It was cancelled after ${sayDuration((goal.finishedAt ?? now) - goal.createdAt)}.`;
    case 'failed':
      return `It failed after ${sayDuration((goal.finishedAt ?? now) - goal.createdAt)}${sayFailure(goal)}.`;
    case 'failing':
      return `It is failing${sayFailure(goal)}; ${counts.running} tasks and what compensates them still end.`;
    case 'cancelling':
      return `It is being cancelled; ${counts.running} running tasks have been asked to stop.`;
    case 'paused':
      return `It is paused: nothing new starts. ${sayCounts(counts, goal)}`;
    case 'running':
      return `${sayCounts(counts, goal)}${sayStall(counts, situation.workers, now)}`;
  }
}

interface Counts {
  readonly ended: number;
  readonly running: number;
  readonly ready: number;
  readonly people: number;
  readonly signals: number;
  readonly sleeping: number;
}

function countTasks(tasks: readonly Task[]): Counts {
  const count = (matches: (task: Task) => boolean): number => tasks.filter(matches).length;
  return {
    ended: count((task) => isTaskEnded(task.state)),
    running: count((task) => task.state === 'running'),
    ready: count((task) => task.state === 'ready'),
    people: count(
      (task) => task.state === 'blocked' && (task.reason === 'approval' || task.reason === 'uncertain-step'),
    ),
    signals: count((task) => task.state === 'blocked' && task.reason === 'signal'),
    sleeping: count((task) => task.state === 'sleeping'),
  };
}

function sayCounts(counts: Counts, goal: Goal): string {
  const parts = [`${goal.tasksOpen} of ${goal.tasksTotal} tasks are open`];
  if (counts.running > 0) parts.push(`${counts.running} running`);
  if (counts.ready > 0) parts.push(`${counts.ready} ready`);
  if (counts.people > 0) parts.push(`${counts.people} waiting for a person`);
  if (counts.signals > 0) parts.push(`${counts.signals} waiting for a signal`);
  if (counts.sleeping > 0) parts.push(`${counts.sleeping} sleeping`);
  return `${parts.join(', ')}.`;
}

/** The question everyone asks of a run that does not move. */
function sayStall(counts: Counts, workers: readonly Worker[], now: number): string {
  if (counts.ready > 0 && counts.running === 0 && !workers.some((worker) => worker.leaseUntil > now)) {
    return ' No worker is alive to take what is ready.';
  }
  if (counts.running + counts.ready + counts.sleeping > 0) return '';
  if (counts.people > 0 && counts.signals === 0) return ' Only people can move it on.';
  return counts.people + counts.signals > 0 ? ' Nothing moves until it is answered or signalled.' : '';
}

function sayFailure({ failure }: Goal): string {
  if (failure === undefined) return '';
  const where = failure.taskKey === undefined ? '' : ` in ${failure.taskKey}`;
  return `${where}: ${failure.message.replace(/\.$/, '')} (${failure.code})`;
}

function afterTrouble(goal: Goal): string {
  return goal.tasksFailed === 0 ? '' : ` ${goal.tasksFailed} tasks failed on the way, which its plan allows.`;
}
