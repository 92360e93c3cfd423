// Goals as the API shows them. All times are milliseconds since 1970 (UTC).
import type { Json } from './json.ts';
import type { ModelStrategy } from './model.ts';
import type { Priority } from './plan.ts';
import type { Failure, Problem } from './problem.ts';
import type { TaskSession } from './session.ts';

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

export interface Goal {
  readonly goalId: string;
  /** Where it belongs for good, with all beneath it. */
  readonly projectId: string;
  readonly title: string;
  readonly workflow: string;
  readonly state: GoalState;
  /** Raised by every change: the ETag. */
  readonly version: number;
  readonly planVersion: number;
  readonly planHash: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly outputs?: { readonly [name: string]: Json };
  readonly priority: Priority;
  /** Sequence number of the last event. */
  readonly eventSeq: number;
  readonly tasksOpen: number;
  readonly tasksRunning: number;
  readonly tasksTotal: number;
  readonly tasksFailed: number;
  readonly createdAt: number;
  readonly startAt?: number;
  readonly deadlineAt?: number;
  readonly finishedAt?: number;
  /** Since when it is in the archive, where nothing changes. */
  readonly archivedAt?: number;
  /** The restore of the database that left it open; until it is reconciled, calls that may have been made are asked about. */
  readonly restoredIn?: number;
  readonly requestedBy: string;
  readonly parentGoalId?: string;
  readonly parentTaskNo?: number;
  /** How deep in sub-goals this is; 0 for what a person asked. */
  readonly depth: number;
  readonly failure?: Failure & { readonly taskKey?: string };
}

export function isGoalEnded(state: GoalState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/** Exactly one of `workflow` (a name in the catalogue) and `definition` (the text of a workflow file). */
export interface GoalRequest {
  /** Where it belongs. Default: that of the key, or `default`. */
  readonly projectId?: string;
  readonly workflow?: string;
  readonly definition?: string;
  /** Path of the file the definition is from: named in its mistakes, and it gives the workflow's name. */
  readonly definitionFile?: string;
  readonly inputs?: { readonly [name: string]: Json };
  readonly title?: string;
  readonly priority?: Priority;
  /** RFC 3339, or milliseconds since 1970. */
  readonly startAt?: string | number;
  readonly deadlineAt?: string | number;
  /** What models may cost for it, with all its sub-goals. Beyond that it fails. */
  readonly budgetUsd?: number;
  /** How its agents' calls choose a model, where the agent's file does not say; sub-goals inherit it. */
  readonly strategy?: ModelStrategy;
}

export interface SubmittedGoal {
  readonly goal: Goal;
  /** True when the idempotency key had been used for the same request before, and this is that goal. */
  readonly existing: boolean;
}

export interface GoalBatchItem extends GoalRequest {
  readonly idempotencyKey?: string;
}

/** What became of one goal of a batch: a goal, or why there is none. */
export interface SubmittedItem {
  /** 201; 200 when the idempotency key had been used for the same request before; else that of the problem. */
  readonly status: number;
  readonly goal?: Goal;
  readonly problem?: Problem;
}

export interface GoalBatchResult {
  /** In the order in which the goals were given. */
  readonly items: readonly SubmittedItem[];
}

export interface GoalFilter {
  readonly states?: readonly GoalState[];
  readonly workflow?: string;
  readonly projectId?: string;
  /** Those in the archive; they are in no other list. */
  readonly archived?: boolean;
  /** Only those that a restore of the database left open and that nobody has reconciled. */
  readonly restored?: boolean;
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Give it back as `after`; missing at the end. */
  readonly next?: string;
}

/** A change to a goal's life. With `ifVersion` it is refused when the goal has another version by now. */
export interface GoalChange {
  readonly reason?: string;
  readonly ifVersion?: number;
}

/** Why a goal is where it is, in words and in data. */
export interface GoalExplanation {
  readonly goalId: string;
  readonly title: string;
  readonly state: GoalState;
  /** One or two sentences. */
  readonly summary: string;
  readonly at: number;
  readonly tasks: readonly TaskExplanation[];
}

/** One thing a task waits for. */
export interface WaitCause {
  readonly kind: 'task' | 'approval' | 'signal' | 'sub-goal' | 'items' | 'time' | 'worker' | 'goal';
  /** The key, id or name of what is waited for; for `time` there is `until` instead. */
  readonly name?: string;
  readonly state?: string;
  readonly until?: number;
}

export interface TaskExplanation {
  readonly no: number;
  readonly key: string;
  readonly title?: string;
  readonly state: string;
  readonly reason?: string;
  /** One sentence: what it does, what it waits for, or how it ended. */
  readonly sentence: string;
  readonly waitsFor: readonly WaitCause[];
  readonly attempts: number;
  readonly run: number;
  readonly workerId?: string;
  readonly workerName?: string;
  readonly failure?: Failure;
  /** From ready to started, or to now. */
  readonly waitedMs?: number;
  /** From started to finished, or to now. */
  readonly ranMs?: number;
  /** What its agent did in the latest run. */
  readonly session?: TaskSession;
}
