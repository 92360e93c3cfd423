// Every change to goals is one of these commands. They are plain data, so that they cross threads and wait in batches,
// and each is atomic: it happens whole, is durable before its reply, or is refused and changes nothing.
import type { ErrorRecord } from '@chorale/lib-errors';
import type { ApprovalId, GoalId, ProjectId, ScheduleId, TenantId, WorkerId } from '@chorale/lib-ids';
import type { Goal } from './goal.ts';
import type { Json } from './json.ts';
import type { PlanDefinition, PriorityClass } from './plan.ts';
import type { ApprovalKind, Artifact, CatchUp, PlanChange, StepKind, Worker } from './records.ts';
import type { Task } from './task.ts';

interface OfGoal {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
}

/** What a worker shows to prove it still holds the task: refused unless it is running with this attempt number. */
export interface Hold extends OfGoal {
  readonly taskNo: number;
  readonly attempt: number;
}

export interface SubmitGoal extends OfGoal {
  readonly command: 'submit-goal';
  /** Default: the one that every tenant has. */
  readonly projectId?: ProjectId;
  readonly title: string;
  readonly definition: PlanDefinition;
  /** Hash of the definition's canonical JSON; made by `hashDefinition` of the adapter that can hash. */
  readonly planHash: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly priority: PriorityClass;
  readonly requestedBy: string;
  readonly startAt?: number;
  readonly deadlineAt?: number;
  readonly idempotencyKey?: string;
  readonly requestHash?: string;
}

export interface ClaimTasks {
  readonly command: 'claim-tasks';
  readonly workerId: WorkerId;
  /** 0 takes back what this worker has waiting. */
  readonly slots: number;
  /** A store that `keepsClaims` may keep one that finds nothing for this long; the commit that has work answers it. */
  readonly waitMs?: number;
}

export type AttemptResult =
  | { readonly outcome: 'succeeded'; readonly output: Json }
  | {
      readonly outcome: 'failed';
      readonly failure: ErrorRecord;
      /** The temporary family is retried under the task's policy; refused and broken end the task. */
      /** It ended before it had met all that its run has done: what is tried again goes on in that run. */
      readonly sameRun?: true;
    }
  | { readonly outcome: 'cancelled' }
  | { readonly outcome: 'handed-back' }
  /** A tool call began, its end is unknown and it may not be repeated: a person decides. */
  | { readonly outcome: 'uncertain'; readonly question: string; readonly context: Json }
  /** Gives its slot back until what it waits for is there; then the journal goes on, in the same run (J3). */
  | { readonly outcome: 'waiting'; readonly on: Awaited };

/** What an attempt can wait for. A person's and a sub-goal's answer ends the journal's open step of kind `wait`. */
export type Awaited =
  | {
      readonly for: 'person';
      readonly kind: Exclude<ApprovalKind, 'task' | 'uncertain-step'>;
      readonly question: string;
      readonly context: Json;
      readonly expiresAt?: number;
    }
  | {
      readonly for: 'sub-goal';
      readonly title: string;
      readonly definition: PlanDefinition;
      readonly planHash: string;
      readonly inputs: { readonly [name: string]: Json };
      /** Of the first version of its plan. */
      readonly author: string;
      readonly reason: string;
    }
  | {
      readonly for: 'time';
      readonly until: number;
      /** What is hoped to have passed by then. */
      readonly failure?: ErrorRecord;
    };

export interface StepRecord {
  readonly stepNo: number;
  readonly kind: StepKind;
  readonly name: string;
  readonly idempotent: boolean;
  readonly input: Json;
  readonly startedAt: number;
  readonly ended?: {
    readonly finishedAt: number;
    readonly output?: Json;
    readonly failure?: ErrorRecord;
  };
}

export interface FinishAttempt extends Hold {
  readonly command: 'finish-attempt';
  readonly result: AttemptResult;
  /** Steps not recorded yet: written in the same transaction. */
  readonly steps?: readonly StepRecord[];
  readonly artifacts?: readonly Omit<Artifact, 'tenantId' | 'goalId' | 'taskNo' | 'attempt' | 'at'>[];
}

export interface RecordStep extends Hold {
  readonly command: 'record-step';
  readonly step: StepRecord;
}

export interface DecideApproval extends OfGoal {
  readonly command: 'decide-approval';
  readonly approvalId: ApprovalId;
  readonly decision: 'approve' | 'reject';
  readonly decidedBy: string;
  readonly comment?: string;
  readonly answer?: Json;
}

export interface SendSignal extends OfGoal {
  readonly command: 'send-signal';
  /** The key of the signal task. */
  readonly name: string;
  readonly payload: Json;
}

/** Says something to the agent that works on a task, or will; it sees it before its next answer. */
export interface SendMessage extends OfGoal {
  readonly command: 'send-message';
  readonly taskKey: string;
  readonly messageId: string;
  readonly text: string;
  readonly by: string;
}

export interface ChangeGoal extends OfGoal {
  readonly command: 'pause-goal' | 'resume-goal' | 'cancel-goal';
  readonly by: string;
  readonly reason: string;
  /** Refused with `version-changed` when the goal has another version by now. */
  readonly expectedVersion?: number;
}

/** Says that nothing is unknown any more of what was done after the moment the database was restored to. */
export interface ReconcileGoal extends OfGoal {
  readonly command: 'reconcile-goal';
  readonly by: string;
}

export interface EditPlan extends OfGoal {
  readonly command: 'edit-plan';
  readonly by: string;
  readonly reason: string;
  readonly changes: readonly PlanChange[];
  /** The version the changes were made against; refused with `plan-changed-meanwhile` when there is another by now. */
  readonly expectedPlanVersion: number;
  /** Hash of `applyPlanChanges(definition of that version, changes)`. */
  readonly planHash: string;
}

export interface RetryTask extends OfGoal {
  readonly command: 'retry-task';
  readonly taskKey: string;
  readonly by: string;
  readonly input?: Json;
}

export interface RerunFrom extends OfGoal {
  readonly command: 'rerun-from';
  readonly taskKey: string;
  readonly by: string;
}

/** Tasks whose wake time has come, whose worker is gone, or whose grace is over; each is checked again when it runs. */
export interface WakeTask extends OfGoal {
  readonly command: 'wake-task';
  readonly taskNo: number;
}

export interface ReleaseTask extends Hold {
  readonly command: 'release-task';
}

/** A goal whose start time or deadline has come. */
export interface WakeGoal extends OfGoal {
  readonly command: 'wake-goal';
}

export interface ExpireApproval extends OfGoal {
  readonly command: 'expire-approval';
  readonly approvalId: ApprovalId;
}

export interface RegisterWorker {
  readonly command: 'register-worker';
  readonly worker: Omit<Worker, 'leaseUntil' | 'startedAt'>;
  readonly leaseMs: number;
}

export interface Heartbeat {
  readonly command: 'heartbeat';
  readonly workerId: WorkerId;
  readonly leaseMs: number;
  /** Tasks under way. */
  readonly running?: number;
}

export interface RetireWorker {
  readonly command: 'retire-worker';
  readonly workerId: WorkerId;
}

export interface PutSchedule {
  readonly command: 'put-schedule';
  readonly tenantId: TenantId;
  /** Default: the one that every tenant has. */
  readonly projectId?: ProjectId;
  readonly scheduleId: ScheduleId;
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly catchUp: CatchUp;
  readonly paused: boolean;
  readonly definition: PlanDefinition;
  readonly planHash: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly priority: PriorityClass;
  readonly createdBy: string;
}

export interface DropSchedule {
  readonly command: 'drop-schedule';
  readonly tenantId: TenantId;
  readonly scheduleId: ScheduleId;
}

export interface FireSchedule {
  readonly command: 'fire-schedule';
  readonly tenantId: TenantId;
  readonly scheduleId: ScheduleId;
}

/** Moves goals that ended before a time out of what the engine works on; the oldest end first. */
export interface ArchiveGoals {
  readonly command: 'archive-goals';
  readonly endedBefore: number;
  /** Of goals, at most; a store may move fewer at once, and moves at least one while there is one. */
  readonly limit: number;
}

export type GoalCommand =
  | SubmitGoal
  | FinishAttempt
  | RecordStep
  | DecideApproval
  | SendSignal
  | SendMessage
  | ChangeGoal
  | ReconcileGoal
  | EditPlan
  | RetryTask
  | RerunFrom
  | WakeTask
  | ReleaseTask
  | WakeGoal
  | ExpireApproval;

export type Command =
  | GoalCommand
  | ClaimTasks
  | RegisterWorker
  | Heartbeat
  | RetireWorker
  | PutSchedule
  | DropSchedule
  | FireSchedule
  | ArchiveGoals;

/** A task as it is handed to a worker: enough to run it without another read in the common case. */
export interface ClaimedTask {
  readonly task: Task;
  readonly goal: Pick<
    Goal,
    'projectId' | 'title' | 'workflow' | 'inputs' | 'planHash' | 'requestedBy' | 'deadlineAt' | 'depth' | 'restoredIn'
  >;
}

export interface Replies {
  readonly 'submit-goal': { readonly goal: Goal; readonly existing: boolean };
  readonly 'claim-tasks': { readonly tasks: readonly ClaimedTask[] };
  readonly 'finish-attempt': { readonly goal: Goal };
  readonly 'record-step': Record<never, never>;
  readonly 'decide-approval': { readonly goal: Goal };
  readonly 'send-signal': { readonly goal: Goal };
  readonly 'send-message': { readonly goal: Goal };
  readonly 'pause-goal': { readonly goal: Goal };
  readonly 'resume-goal': { readonly goal: Goal };
  readonly 'cancel-goal': { readonly goal: Goal };
  readonly 'reconcile-goal': { readonly goal: Goal };
  readonly 'edit-plan': { readonly goal: Goal };
  readonly 'retry-task': { readonly goal: Goal };
  readonly 'rerun-from': { readonly goal: Goal };
  readonly 'wake-task': Record<never, never>;
  readonly 'release-task': Record<never, never>;
  readonly 'wake-goal': Record<never, never>;
  readonly 'expire-approval': Record<never, never>;
  readonly 'register-worker': { readonly worker: Worker };
  readonly heartbeat: { readonly leaseUntil: number; readonly cancelRequested: readonly Hold[] };
  readonly 'retire-worker': Record<never, never>;
  readonly 'put-schedule': { readonly nextAt: number };
  readonly 'drop-schedule': Record<never, never>;
  readonly 'fire-schedule': { readonly goals: readonly GoalId[] };
  readonly 'archive-goals': { readonly archived: number };
}
export type ReplyOf<C extends Command> = Replies[C['command']];
