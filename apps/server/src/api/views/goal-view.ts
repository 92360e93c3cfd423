// Rows as the API shows them: without what only the engine needs, priorities by name.
import type { Failure, Goal as GoalView, Json, Priority } from '@chorale/lib-client';
import type { ErrorRecord } from '@chorale/lib-errors';
import type { Goal, PriorityClass } from '@chorale/module-goals';
import { findWireCode } from '../problem-table.ts';
import { priorities } from '../schemas/fields.ts';
import { compact } from './compact.ts';

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

export function goalView(goal: Goal): GoalView {
  const { tenantId: _tenant, nextItemNo: _next, idempotencyKey: _key, requestHash: _hash, ...shown } = goal;
  return compact({
    ...shown,
    priority: priorityName(goal.priority),
    failure: goal.failure === undefined ? undefined : { ...failureView(goal.failure), ...keyOf(goal.failure) },
  });
}

function keyOf({ taskKey }: { readonly taskKey?: string }): { readonly taskKey?: string } {
  return taskKey === undefined ? {} : { taskKey };
}
