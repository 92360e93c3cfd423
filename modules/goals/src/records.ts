// The rows around a task: what happened to it, what it asked, what it made.
import type { ErrorRecord } from '@chorale/lib-errors';
import type { ApprovalId, GoalId, ProjectId, ScheduleId, TenantId, WorkerId } from '@chorale/lib-ids';
import type { Json } from './json.ts';
import type { PlanDefinition, PriorityClass } from './plan.ts';

/** One version of a goal's plan. Version 1 is what was submitted. */
export interface PlanVersion {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  readonly version: number;
  readonly planHash: string;
  readonly author: string;
  readonly reason: string;
  readonly changes: readonly PlanChange[];
  readonly at: number;
}

export type PlanChange =
  | { readonly change: 'add'; readonly task: PlanDefinition['tasks'][number] }
  | { readonly change: 'remove'; readonly key: string }
  | { readonly change: 'skip'; readonly key: string }
  | { readonly change: 'repoint'; readonly key: string; readonly needs: readonly string[] }
  | { readonly change: 'replace'; readonly task: PlanDefinition['tasks'][number] };

export type AttemptOutcome = 'succeeded' | 'failed' | 'cancelled' | 'lost' | 'handed-back' | 'uncertain' | 'waiting';

/** One ended try at a task. A try that is still under way is the task's own row. */
export interface Attempt {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  readonly taskNo: number;
  readonly attempt: number;
  readonly run: number;
  readonly workerId: WorkerId;
  readonly outcome: AttemptOutcome;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly failure: ErrorRecord | undefined;
}

/** `wait`: for a person or a sub-goal, whose answer ends the step. `message`: what a person said to a running agent. */
export type StepKind = 'tool-call' | 'model-call' | 'message' | 'decision' | 'wait';
export type StepState = 'started' | 'finished' | 'failed';

/** One entry in the journal of a task's run. Written as `started` before it begins, and again when it ends. */
export interface Step {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  readonly taskNo: number;
  readonly run: number;
  readonly stepNo: number;
  readonly attempt: number;
  readonly kind: StepKind;
  /** The tool's or the model's name. */
  readonly name: string;
  readonly state: StepState;
  /** May be repeated when its outcome is unknown. */
  readonly idempotent: boolean;
  readonly input: Json;
  readonly output: Json | undefined;
  readonly failure: ErrorRecord | undefined;
  readonly startedAt: number;
  readonly finishedAt: number | undefined;
}

export const eventTypes = [
  'goal-submitted',
  'goal-started',
  'goal-paused',
  'goal-resumed',
  'goal-cancelling',
  'goal-failing',
  'goal-reopened',
  'goal-reconciled',
  'goal-finished',
  'plan-changed',
  'task-added',
  'task-started',
  'task-waiting',
  'task-finished',
  'task-lost',
  'task-retried',
  'step-started',
  'step-finished',
  'approval-requested',
  'approval-decided',
  'signal-received',
  'message-received',
  'artifact-stored',
] as const;
export type EventType = (typeof eventTypes)[number];

export interface GoalEvent {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  /** From 1, without gaps, in commit order. */
  readonly seq: number;
  readonly type: EventType;
  readonly at: number;
  readonly taskNo: number | undefined;
  readonly data: { readonly [key: string]: Json };
}

/**
 * `task`: a task of the plan. `uncertain-step`: a call whose end is unknown. The others come from an agent, and their
 * answer goes back to it: `question`, a `tool-call` that needs leave, a `plan` to be run.
 */
export type ApprovalKind = 'task' | 'uncertain-step' | 'question' | 'tool-call' | 'plan';
export type ApprovalState = 'pending' | 'approved' | 'rejected' | 'expired' | 'withdrawn';

export interface Approval {
  readonly tenantId: TenantId;
  readonly approvalId: ApprovalId;
  readonly goalId: GoalId;
  /** The goal's. */
  readonly projectId: ProjectId;
  readonly taskNo: number;
  readonly kind: ApprovalKind;
  readonly question: string;
  /** What the person needs to see in order to decide. */
  readonly context: Json;
  readonly state: ApprovalState;
  readonly requestedAt: number;
  readonly expiresAt: number | undefined;
  readonly decidedAt: number | undefined;
  readonly decidedBy: string | undefined;
  readonly comment: string | undefined;
  /** The answer, with the person's edits; becomes the output of the task, or of the step that waits for it. */
  readonly answer: Json | undefined;
}

export interface Artifact {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  readonly taskNo: number;
  readonly attempt: number;
  readonly name: string;
  /** `sha256:` and the hex digest of the bytes. */
  readonly hash: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly at: number;
}

/** What a process says of itself. */
export interface ProcessFacts {
  /** `api`, `scheduler` and `worker`: what it does. */
  readonly roles: readonly string[];
  /** Of its API; empty where it has none. */
  readonly address: string;
  /** Tasks it runs at once; 0 where it runs none. */
  readonly slots: number;
  readonly pid: number;
}

/** A process, in most cases one that runs tasks. Its lease covers every task it holds. */
export interface Worker {
  readonly workerId: WorkerId;
  readonly name: string;
  readonly labels: readonly string[];
  readonly version: string;
  readonly startedAt: number;
  readonly leaseUntil: number;
  readonly process?: ProcessFacts | undefined;
  /** Tasks under way, as it said with its last heartbeat. */
  readonly running?: number | undefined;
}

/** Whether it takes tasks; one that does not say takes them. */
export function takesTasks({ process }: Worker): boolean {
  return process === undefined || process.roles.includes('worker');
}

export type CatchUp = 'none' | 'last' | 'all';

export interface Schedule {
  readonly tenantId: TenantId;
  readonly scheduleId: ScheduleId;
  /** That of the goals it submits. */
  readonly projectId: ProjectId;
  readonly name: string;
  /** Five fields, minute first, read in `timeZone`. */
  readonly cron: string;
  readonly timeZone: string;
  readonly catchUp: CatchUp;
  readonly paused: boolean;
  readonly planHash: string;
  readonly workflow: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly priority: PriorityClass;
  readonly nextAt: number;
  readonly createdBy: string;
}
