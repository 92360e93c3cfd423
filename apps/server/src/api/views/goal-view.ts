// Rows as the API shows them: without what only the engine needs, priorities by name.
import type { Failure, Goal as GoalView, Json, Priority } from '@chorale/lib-client';
import type { ErrorRecord } from '@chorale/lib-errors';
import type { Goal, PriorityClass } from '@chorale/module-goals';
import { findWireCode } from '../problem-table.ts';
import { priorities } from '../schemas/fields.ts';

export function priorityName(priority: PriorityClass): Priority {
  return priorities[priority];
}

export function priorityClass(priority: Priority): PriorityClass {
  return priorities.indexOf(priority) as PriorityClass;
}

export function failureView({ data, ...failure }: ErrorRecord): Failure {
  const wire = findWireCode(failure.code);
  return {
    ...failure,
    ...(data === undefined ? {} : { data: data as { readonly [key: string]: Json } }),
    ...(wire === undefined ? {} : { wireCode: wire.wireCode }),
  };
}

const hidden: ReadonlySet<string> = new Set<keyof Goal>(['tenantId', 'nextItemNo', 'idempotencyKey', 'requestHash']);

/** In one pass: pages of goals are what is asked for most, and rest properties with `compact` took ten times as long. */
export function goalView(goal: Goal): GoalView {
  const view: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(goal)) if (value !== undefined && !hidden.has(field)) view[field] = value;
  view['priority'] = priorityName(goal.priority);
  if (goal.failure !== undefined) view['failure'] = { ...failureView(goal.failure), ...keyOf(goal.failure) };
  return view as unknown as GoalView;
}

function keyOf({ taskKey }: { readonly taskKey?: string }): { readonly taskKey?: string } {
  return taskKey === undefined ? {} : { taskKey };
}
