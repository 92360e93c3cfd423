// How a task is named and counted, wherever it is shown.
import type { Json, Task, TaskState } from '@chorale/lib-client';
import { taskStates } from '@chorale/lib-client';
import { taskStateStyles } from '../status/tone.ts';

const itemTextMax = 60;

export function nameOf(task: Pick<Task, 'title' | 'key' | 'itemIndex' | 'item'>): string {
  if (task.itemIndex === undefined) return task.title ?? task.key;
  return `${task.itemIndex + 1}. ${itemText(task.item ?? null)}`;
}

/** An item in a few words: its name when it has one, else its JSON. */
function itemText(item: Json): string {
  const text = typeof item === 'string' ? item : (namedText(item) ?? JSON.stringify(item));
  return text.length <= itemTextMax ? text : `${text.slice(0, itemTextMax - 1)}…`;
}

function namedText(item: Json): string | undefined {
  if (item === null || typeof item !== 'object' || Array.isArray(item)) return undefined;
  for (const field of ['title', 'name', 'path', 'key', 'id']) {
    const value = (item as { readonly [key: string]: Json })[field];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** Who or what does it. */
export function doerOf(task: Pick<Task, 'kind' | 'agent' | 'skill' | 'tool'>): string {
  switch (task.kind) {
    case 'agent':
      return task.agent ?? 'agent';
    case 'tool':
      return task.tool ?? 'tool';
    case 'approval':
      return 'a person';
    case 'timer':
      return 'timer';
    case 'workflow':
      return 'sub-goal';
    case 'signal':
      return 'signal';
  }
}

export function countStates(tasks: readonly Pick<Task, 'state'>[]): ReadonlyMap<TaskState, number> {
  const counts = new Map<TaskState, number>();
  for (const { state } of tasks) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** `24 of 120 items · 3 running · 1 failed`. */
export function sayItems(items: readonly Pick<Task, 'state'>[]): string {
  const counts = countStates(items);
  const parts = [`${counts.get('succeeded') ?? 0} of ${items.length} done`];
  for (const state of ['running', 'failed'] as const) {
    const count = counts.get(state);
    if (count !== undefined) parts.push(`${count} ${state}`);
  }
  return parts.join(' · ');
}

/** Counts by state in the order states are gone through, for a summary line. */
export function sayStates(tasks: readonly Pick<Task, 'state'>[]): string {
  const counts = countStates(tasks);
  return taskStates
    .filter((state) => counts.has(state))
    .map((state) => `${counts.get(state)} ${taskStateStyles[state].label.toLowerCase()}`)
    .join(' · ');
}

const reasons: Readonly<Record<string, string>> = {
  needs: 'waits for the tasks it needs',
  'item-limit': 'waits for a free place among the items of its group',
  compensation: 'runs only to compensate another task',
  timer: 'waits for its time',
  retry: 'waits before the next try',
  'start-time': 'waits for its start time',
  approval: 'waits for a decision',
  'uncertain-step': 'waits for a decision: a step may or may not have happened',
  signal: 'waits for a signal',
  'sub-goal': 'waits for its sub-goal',
  items: 'waits for its items',
  'goal-paused': 'is held because the goal is paused',
  'when-false': 'was skipped: its condition did not hold',
  'need-skipped': 'was skipped because a task it needs was skipped',
  'race-lost': 'was stopped: another task was first',
  'goal-failed': 'was stopped because the goal failed',
  'goal-cancelled': 'was stopped because the goal was cancelled',
  'skipped-by-person': 'was skipped by a person',
  removed: 'was removed from the plan',
  rejected: 'was rejected',
};

/** Continues the task's name to a sentence; unknown reasons of newer servers are shown as they are. */
export function sayReason(reason: string): string {
  return reasons[reason] ?? reason;
}
