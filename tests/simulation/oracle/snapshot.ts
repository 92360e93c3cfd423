// One goal as it stands after a batch, and as it stood before.

import type { PlanDefinition, TaskDefinition } from '@chorale/module-goals';
import type { ApprovalRow, EventRow, GoalRow, Rows, TaskRow, WorkerRow } from './rows.ts';

/** Says that a rule of SPEC.md was broken. */
export type Report = (rule: string, what: string) => void;

export interface Before {
  readonly goal: GoalRow;
  readonly tasks: ReadonlyMap<number, TaskRow>;
}

export interface Snapshot {
  readonly now: number;
  readonly goal: GoalRow;
  readonly tasks: ReadonlyMap<number, TaskRow>;
  readonly definition: PlanDefinition;
  readonly newEvents: readonly EventRow[];
  readonly approvals: readonly ApprovalRow[];
  readonly workers: ReadonlyMap<string, WorkerRow>;
  readonly before: Before | undefined;
  readonly rows: Rows;
}

export function definitionOf({ definition }: Snapshot, task: TaskRow): TaskDefinition {
  const found = definition.tasks[task.definition_no];
  if (found === undefined) throw new Error(`task ${task.key} has no entry in its plan`);
  return found;
}

/** Numbers of the tasks that the entry needs. */
export function needsOf({ definition }: Snapshot, no: number): readonly number[] {
  return (definition.tasks[no]?.needs ?? []).map((key) =>
    definition.tasks.findIndex((task) => task.key === key && task.removed !== true),
  );
}

export function itemsOf({ tasks }: Snapshot, group: TaskRow): readonly TaskRow[] {
  if (group.item === null || group.parent_no !== null) return [];
  const { first, count } = JSON.parse(group.item) as { first: number; count: number };
  return Array.from({ length: count }, (_, index) => tasks.get(first + index)).filter((row) => row !== undefined);
}
