// A task: one unit of work in a goal's plan, as one row.
//
// Owns:       its state, why it waits, its attempt number and who holds it.
// Invariants: T1 `running` means: workerId is set and that worker's lease decides how long.
//             T2 `attempt` rises by one with every claim and never falls: it is the fencing token. A write that
//                carries another attempt, or arrives when the task is not running, is refused.
//             T3 a state that waits says what for: `reason`, and `waitsFor` where it is a row.
//             T4 an ended task changes only through an explicit retry or re-run, which raises `run`.
import type { ErrorRecord } from '@chorale/lib-errors';
import type { GoalId, TenantId, WorkerId } from '@chorale/lib-ids';
import type { Json } from './json.ts';
import type { PriorityClass } from './plan.ts';

/**
 * `waiting` for other tasks; `ready` to be claimed; `running` under a lease; `sleeping` until `wakeAt`; `blocked` on
 * a person, a signal, a sub-goal or the items of a for_each; `held` ready but the goal is paused.
 */
export const taskStates = [
  'waiting',
  'ready',
  'running',
  'sleeping',
  'blocked',
  'held',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
] as const;
export type TaskState = (typeof taskStates)[number];
export type EndedTaskState = 'succeeded' | 'failed' | 'skipped' | 'cancelled';

export type TaskReason =
  | 'needs'
  | 'item-limit'
  | 'compensation'
  | 'timer'
  | 'retry'
  | 'start-time'
  | 'approval'
  | 'uncertain-step'
  | 'signal'
  | 'sub-goal'
  | 'items'
  | 'goal-paused'
  | 'when-false'
  | 'need-skipped'
  | 'race-lost'
  | 'goal-failed'
  | 'goal-cancelled'
  | 'skipped-by-person'
  | 'removed'
  | 'rejected';

export interface Task {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  /** The place in the plan's definition; items of a for_each are numbered from `firstItemNo`. */
  readonly no: number;
  readonly key: string;
  /** Which entry of the plan's definition it follows; an item of a for_each follows its group's. */
  readonly definitionNo: number;
  /** The for_each task this is an item of. */
  readonly parentNo: number | undefined;
  readonly itemIndex: number | undefined;
  /** For an item: what it works on. For a for_each task that was expanded: its `ItemRange`. */
  readonly item: Json | undefined;
  readonly state: TaskState;
  readonly reason: TaskReason | undefined;
  /** The approval or the sub-goal it is blocked on. */
  readonly waitsFor: string | undefined;
  /** Needs that have not ended; for a for_each task that is blocked: its items that have not ended. */
  readonly needsLeft: number;
  /** A need was skipped: the task is skipped too unless it has a condition of its own. */
  readonly needSkipped: boolean;
  readonly attempt: number;
  /** Raised by retries, by hand or by policy, and by re-runs; the journal of steps starts anew with each. */
  readonly run: number;
  /** Failed attempts in a row that count against the retry limit. */
  readonly failures: number;
  /**
   * Workers lost while holding it in this run. Above 0, an earlier call of this run may have had an effect although
   * the journal does not show its end: what is not idempotent must be asked about, not repeated.
   */
  readonly losses: number;
  readonly workerId: WorkerId | undefined;
  readonly priority: PriorityClass;
  /** Who may claim it and which limits hold: see `@chorale/module-scheduling` lanes. */
  readonly lane: string;
  readonly wakeAt: number | undefined;
  readonly readyAt: number | undefined;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly output: Json | undefined;
  readonly failure: ErrorRecord | undefined;
  /** Input given by hand with a retry; used instead of the definition's `with`. */
  readonly inputOverride: Json | undefined;
  readonly cancelRequested: boolean;
  /** What people said to the agent that works on it, in order; the agent's journal says what it has seen. */
  readonly messages: readonly TaskMessage[] | undefined;
}

export interface TaskMessage {
  /** Given by the sender, so that a message that is sent again is known. */
  readonly messageId: string;
  readonly text: string;
  readonly by: string;
  readonly at: number;
}

export const messagesMax = 100;
export const messageLengthMax = 8_000;

/** Numbers below are places in the plan's definition, so that an edge leads straight to a row. */
export const firstItemNo = 100_000;

export function isTaskEnded(state: TaskState): state is EndedTaskState {
  return state === 'succeeded' || state === 'failed' || state === 'skipped' || state === 'cancelled';
}

/** Nothing came of it for those that need it (T6); what a person skipped counts as done. */
export function isWithoutResult({ state, reason }: Pick<Task, 'state' | 'reason'>): boolean {
  return state === 'cancelled' || (state === 'skipped' && reason !== 'skipped-by-person');
}

/** Where the items of an expanded for_each task are; kept in its `item`. */
export interface ItemRange {
  readonly first: number;
  readonly count: number;
  /** Items below this number have been let go. */
  readonly next: number;
}

export function itemRangeOf(group: Task): ItemRange | undefined {
  return group.parentNo === undefined && group.item !== undefined ? (group.item as unknown as ItemRange) : undefined;
}
