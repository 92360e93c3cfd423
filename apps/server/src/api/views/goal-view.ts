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

/** What only the engine needs. What is undefined is not written. */
const hidden = { tenantId: undefined, nextItemNo: undefined, idempotencyKey: undefined, requestHash: undefined };

/** A copy of the whole: pages of goals are what is asked for most, and field by field took several times as long. */
export function goalView(goal: Goal): GoalView {
  const { failure } = goal;
  return {
    ...goal,
    ...hidden,
    priority: priorityName(goal.priority),
    failure: failure === undefined ? undefined : { ...failureView(failure), ...keyOf(failure) },
  } as unknown as GoalView;
}

function keyOf({ taskKey }: { readonly taskKey?: string }): { readonly taskKey?: string } {
  return taskKey === undefined ? {} : { taskKey };
}
