// A goal: what a person or program asked for, as one row.
import type { ErrorRecord } from '@chorale/lib-errors';
import type { GoalId, ProjectId, TenantId } from '@chorale/lib-ids';
import type { Json } from './json.ts';
import type { PriorityClass } from './plan.ts';

/**
 * `scheduled` waits for its start time; `failing` lets running tasks and compensations end before it is `failed`;
 * `cancelling` waits for running tasks to stop.
 */
export const goalStates = [
  'scheduled',
  'running',
  'paused',
  'failing',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export type GoalState = (typeof goalStates)[number];
export type EndedGoalState = 'succeeded' | 'failed' | 'cancelled';

export interface Goal {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  /** Where it belongs for good; sub-goals stay in it. */
  readonly projectId: ProjectId;
  readonly title: string;
  readonly workflow: string;
  readonly state: GoalState;
  /** Raised by every transaction that touches the goal: the ETag, and what a cached copy is checked against. */
  readonly version: number;
  readonly planVersion: number;
  readonly planHash: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly outputs: { readonly [name: string]: Json } | undefined;
  readonly priority: PriorityClass;
  /** Sequence number of the last event; events of a goal are numbered from 1 without gaps. */
  readonly eventSeq: number;
  /** Tasks that have not ended. The goal ends when this reaches 0. */
  readonly tasksOpen: number;
  /** Tasks held by a worker now. */
  readonly tasksRunning: number;
  readonly tasksTotal: number;
  readonly nextItemNo: number;
  readonly tasksFailed: number;
  readonly createdAt: number;
  readonly startAt: number | undefined;
  readonly deadlineAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** Since when it is in the archive: read as before, and never changed again. */
  readonly archivedAt?: number | undefined;
  /**
   * The database was restored to a moment when the goal was open, and nobody has said yet what was done after it: a call that the
   * journal does not tell of may have been made all the same. The number of that restore.
   */
  readonly restoredIn?: number | undefined;
  readonly requestedBy: string;
  readonly idempotencyKey: string | undefined;
  /** Digest of the submission, to tell a repeated request from a different one under the same key. */
  readonly requestHash: string | undefined;
  readonly parentGoalId: GoalId | undefined;
  readonly parentTaskNo: number | undefined;
  /** How deep in sub-goals this is; 0 for what a person asked. */
  readonly depth: number;
  readonly failure: (ErrorRecord & { readonly taskKey?: string }) | undefined;
}

export function isGoalEnded(state: GoalState): state is EndedGoalState {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}
