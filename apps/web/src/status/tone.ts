// How each state is named and coloured, in one place for lists, graph, timeline and filters.
import type { Goal, GoalState, TaskState } from '@chorale/lib-client';

/** `ask` is for what waits for a person: the only tone that asks the reader to act. */
export type Tone = 'run' | 'good' | 'bad' | 'ask' | 'idle';

/** The mark drawn for a state; every state that can stand beside another has its own shape, not only its own colour. */
export type Mark = 'dashed' | 'ring' | 'spin' | 'moon' | 'person' | 'pause' | 'check' | 'cross' | 'skip' | 'slash';

export interface StateStyle {
  readonly label: string;
  readonly tone: Tone;
  readonly mark: Mark;
}

export const goalStateStyles: Readonly<Record<GoalState, StateStyle>> = {
  scheduled: { label: 'Scheduled', tone: 'idle', mark: 'moon' },
  running: { label: 'Running', tone: 'run', mark: 'spin' },
  paused: { label: 'Paused', tone: 'idle', mark: 'pause' },
  failing: { label: 'Failing', tone: 'bad', mark: 'spin' },
  cancelling: { label: 'Cancelling', tone: 'idle', mark: 'spin' },
  succeeded: { label: 'Succeeded', tone: 'good', mark: 'check' },
  failed: { label: 'Failed', tone: 'bad', mark: 'cross' },
  cancelled: { label: 'Cancelled', tone: 'idle', mark: 'slash' },
};

export const taskStateStyles: Readonly<Record<TaskState, StateStyle>> = {
  waiting: { label: 'Waiting', tone: 'idle', mark: 'dashed' },
  ready: { label: 'Ready', tone: 'idle', mark: 'ring' },
  running: { label: 'Running', tone: 'run', mark: 'spin' },
  sleeping: { label: 'Sleeping', tone: 'idle', mark: 'moon' },
  blocked: { label: 'Blocked', tone: 'idle', mark: 'dashed' },
  held: { label: 'Held', tone: 'idle', mark: 'pause' },
  succeeded: { label: 'Succeeded', tone: 'good', mark: 'check' },
  failed: { label: 'Failed', tone: 'bad', mark: 'cross' },
  skipped: { label: 'Skipped', tone: 'idle', mark: 'skip' },
  cancelled: { label: 'Cancelled', tone: 'idle', mark: 'slash' },
};

/** A goal that runs while none of its tasks does is shown as what it is: waiting, for a person where one is asked. */
export function styleOfGoal(goal: Pick<Goal, 'state' | 'tasksRunning'>, asks = false): StateStyle {
  if (goal.state !== 'running' || goal.tasksRunning > 0) return goalStateStyles[goal.state];
  return asks ? needsPerson : { label: 'Waiting', tone: 'run', mark: 'ring' };
}

const needsPerson: StateStyle = { label: 'Needs you', tone: 'ask', mark: 'person' };

/** Reasons for which only a person can let the task go on. */
const reasonsForPeople: ReadonlySet<string> = new Set(['approval', 'uncertain-step', 'signal']);

export function waitsForPerson(task: { readonly state: TaskState; readonly reason?: string }): boolean {
  return task.state === 'blocked' && task.reason !== undefined && reasonsForPeople.has(task.reason);
}

export function styleOfTask(task: { readonly state: TaskState; readonly reason?: string }): StateStyle {
  if (waitsForPerson(task)) return needsPerson;
  if (task.state === 'blocked' && (task.reason === 'items' || task.reason === 'sub-goal')) {
    return { label: task.reason === 'items' ? 'Items running' : 'Sub-goal running', tone: 'run', mark: 'ring' };
  }
  return taskStateStyles[task.state];
}
