// The rules of SPEC.md that rows must keep whatever happened, checked on the rows.
import type { GoalId } from '@chorale/lib-ids';
import { isGoalEnded, type Goal } from './goal.ts';
import type { MemoryEngine } from './memory-engine.fixture.ts';
import { isTaskEnded, type Task, type TaskReason, type TaskState } from './task.ts';

/** Why a task may be in a state (T3); undefined: for no reason that must be said. */
const reasons: Readonly<Record<TaskState, readonly (TaskReason | undefined)[]>> = {
  waiting: ['needs', 'item-limit'],
  ready: [undefined],
  running: [undefined, 'goal-failed', 'goal-cancelled', 'race-lost', 'skipped-by-person'],
  sleeping: ['timer', 'retry'],
  blocked: ['approval', 'uncertain-step', 'signal', 'sub-goal', 'items'],
  held: ['goal-paused'],
  succeeded: [undefined],
  failed: [undefined, 'rejected'],
  skipped: ['when-false', 'need-skipped', 'skipped-by-person', 'compensation', 'removed'],
  cancelled: ['race-lost', 'goal-failed', 'goal-cancelled', 'removed', undefined],
};

export function findBrokenRules({ rows, now }: MemoryEngine, goalId: GoalId): readonly string[] {
  const goal = rows.goals.get(goalId);
  if (goal === undefined) return ['G1: the goal is gone'];
  const tasks = rows.allTasks(goalId);
  const seqs = rows.events.filter((event) => event.goalId === goalId).map(({ seq }) => seq);
  return [
    ...findWrongCounts(goal, tasks),
    ...(seqs.every((seq, index) => seq === index + 1) && seqs.length === goal.eventSeq
      ? []
      : [`E1: events ${seqs.join()}`]),
    ...(isGoalEnded(goal.state) || tasks.some((task) => keepsOpen(task)) || goal.state === 'scheduled'
      ? []
      : [`G2: nothing keeps the goal open, it is ${goal.state}`]),
    ...tasks.flatMap((task) => findTaskFaults(task, goal, now)),
  ];
}

function findWrongCounts(goal: Goal, tasks: readonly Task[]): readonly string[] {
  const count = (wanted: (task: Task) => boolean): number => tasks.filter(wanted).length;
  const counts = {
    tasksTotal: tasks.length,
    tasksOpen: count(({ state }) => !isTaskEnded(state)),
    tasksRunning: count(({ state }) => state === 'running'),
    tasksFailed: count(({ state }) => state === 'failed'),
  };
  const wrong = Object.entries(counts).filter(([name, is]) => goal[name as keyof typeof counts] !== is);
  const ended =
    isGoalEnded(goal.state) === (counts.tasksOpen === 0) ? [] : [`G3: ${goal.state}, ${counts.tasksOpen} open`];
  return [
    ...wrong.map(([name, is]) => `G4: ${name} is ${goal[name as keyof typeof counts]}, the rows say ${is}`),
    ...ended,
  ];
}

function keepsOpen({ state }: Task): boolean {
  return state !== 'waiting' && !isTaskEnded(state);
}

function findTaskFaults(task: Task, goal: Goal, now: number): readonly string[] {
  const faults: string[] = [];
  const { key, state, reason, workerId, waitsFor, wakeAt, finishedAt } = task;
  if (!reasons[state].includes(reason)) faults.push(`T3: ${key} is ${state} because of ${reason ?? 'nothing'}`);
  if ((state === 'running') !== (workerId !== undefined))
    faults.push(`T1: ${key} is ${state}, held by ${workerId ?? 'nobody'}`);
  if (state === 'sleeping' && wakeAt === undefined) faults.push(`T3: ${key} sleeps for ever`);
  if (isTaskEnded(state) && (wakeAt !== undefined || waitsFor !== undefined))
    faults.push(`T4: ${key} has ended and waits`);
  if (isTaskEnded(state) && task.cancelRequested) faults.push(`T4: ${key} has ended and is asked to stop`);
  if (finishedAt !== undefined && finishedAt > now) faults.push(`${key} ends in the future`);
  if (state === 'ready' && goal.state !== 'running' && goal.state !== 'failing')
    faults.push(`G6, G7: ${key} is ready in a ${goal.state} goal`);
  return faults;
}
