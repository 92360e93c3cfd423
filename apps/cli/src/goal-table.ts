// Goals and tasks as tables and sheets.
import type { Approval, Failure, Goal, Task } from '@chorale/lib-client';
import { formatAge, formatDuration, formatTime } from './format.ts';
import type { Session } from './session.ts';
import { colourOf } from './style.ts';
import type { Column } from './table.ts';
import { harmless } from './text-width.ts';

export function goalColumns(now: number): readonly Column<Goal>[] {
  return [
    { title: 'goal', text: (goal) => goal.goalId },
    { title: 'state', text: (goal) => goal.state, colour: (goal) => colourOf(goal.state) },
    { title: 'tasks', text: progressOf, align: 'right' },
    { title: 'age', text: (goal) => formatDuration(now - goal.createdAt), align: 'right' },
    { title: 'workflow', text: (goal) => goal.workflow, shrinks: true },
    { title: 'title', text: (goal) => goal.title, shrinks: true },
  ];
}

export function progressOf(goal: Goal): string {
  return `${goal.tasksTotal - goal.tasksOpen}/${goal.tasksTotal}`;
}

export function taskColumns(now: number): readonly Column<Task>[] {
  return [
    { title: 'no', text: (task) => String(task.no), align: 'right' },
    { title: 'task', text: (task) => task.key, shrinks: true },
    { title: 'state', text: (task) => task.state, colour: (task) => colourOf(task.state) },
    { title: 'time', text: (task) => timeOf(task, now), align: 'right' },
    { title: 'try', text: (task) => (task.attempt > 1 ? String(task.attempt) : ''), align: 'right' },
    { title: 'by', text: (task) => task.agent ?? task.tool ?? task.kind, shrinks: true },
    { title: 'note', text: noteOf, shrinks: true },
  ];
}

/** Items of a for_each after the task they belong to, although they were numbered later. */
export function arrangeTasks(tasks: readonly Task[]): readonly Task[] {
  return tasks.toSorted(
    (left, right) => left.definitionNo - right.definitionNo || (left.itemIndex ?? -1) - (right.itemIndex ?? -1),
  );
}

export function timeOf(task: Task, now: number): string {
  return task.startedAt === undefined ? '' : formatDuration((task.finishedAt ?? now) - task.startedAt);
}

export function noteOf(task: Task): string {
  if (task.failure !== undefined) return task.failure.message;
  if (task.reason === undefined) return '';
  return task.waitsFor === undefined ? task.reason : `${task.reason}: ${task.waitsFor}`;
}

export function sayFailure(failure: Failure): string {
  const action = failure.action === undefined ? '' : `\n  ${harmless(failure.action)}`;
  return `${harmless(failure.message)} (${failure.code})${action}`;
}

export function printGoal({ printFields, now, paint }: Session, goal: Goal): void {
  const { failure } = goal;
  printFields([
    ['goal', goal.goalId],
    ['title', harmless(goal.title)],
    ['workflow', goal.workflow],
    ['state', paint(colourOf(goal.state), goal.state)],
    ['tasks', `${progressOf(goal)} ended, ${goal.tasksRunning} running, ${goal.tasksFailed} failed`],
    ['priority', goal.priority],
    ['plan', `version ${goal.planVersion}`],
    ['submitted', `${formatTime(goal.createdAt)} (${formatAge(goal.createdAt, now())})`],
    ['starts', formatTime(goal.startAt)],
    ['deadline', formatTime(goal.deadlineAt)],
    [
      'ended',
      goal.finishedAt === undefined
        ? undefined
        : `${formatTime(goal.finishedAt)}, after ${formatDuration(goal.finishedAt - goal.createdAt)}`,
    ],
    ['archived', formatTime(goal.archivedAt)],
    ['inputs', Object.keys(goal.inputs).length === 0 ? undefined : harmless(JSON.stringify(goal.inputs))],
    ['outputs', goal.outputs === undefined ? undefined : harmless(JSON.stringify(goal.outputs))],
    [
      'failure',
      failure === undefined
        ? undefined
        : `${failure.taskKey === undefined ? '' : `${failure.taskKey}: `}${sayFailure(failure)}`,
    ],
  ]);
}

export function approvalColumns(now: number): readonly Column<Approval>[] {
  return [
    { title: 'approval', text: (approval) => approval.approvalId },
    { title: 'state', text: (approval) => approval.state, colour: (approval) => colourOf(approval.state) },
    { title: 'goal', text: (approval) => approval.goalId },
    { title: 'age', text: (approval) => formatDuration(now - approval.requestedAt), align: 'right' },
    { title: 'question', text: (approval) => approval.question, shrinks: true },
  ];
}

export function printChanged(session: Session, goal: Goal): void {
  if (session.json) session.printJson(goal);
  else session.print(`${goal.goalId} ${session.paint(colourOf(goal.state), goal.state)}\n`);
}
