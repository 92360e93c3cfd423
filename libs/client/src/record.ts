// What goals leave behind: events, approvals, artifacts; and the parts of an installation: schedules, workers, queue.
import type { Json } from './json.ts';
import type { Priority } from './plan.ts';

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
  readonly goalId: string;
  /** From 1, without gaps, in commit order. */
  readonly seq: number;
  readonly type: EventType;
  readonly at: number;
  readonly taskNo?: number;
  readonly data: { readonly [key: string]: Json };
}

/** A piece of what a model says to an agent, while it says it. */
export interface LiveText {
  /** Whose task it is: the goal that is followed, or a sub-goal of it. */
  readonly goalId: string;
  readonly taskNo: number;
  readonly agent: string;
  /** The call of the model that this belongs to. */
  readonly callId: string;
  /** `tool-call`: the name of a tool that it calls. `end`: the call is over. */
  readonly kind: 'text' | 'reasoning' | 'tool-call' | 'end';
  /** Characters of the call that came before; more than were seen: what is between was lost. */
  readonly from: number;
  readonly text: string;
}

/** Goals that have new events; a hint for live lists, sent at most a few times a second. */
export type ChangeHint =
  | {
      readonly kind: 'goals-changed';
      readonly goals: readonly { readonly goalId: string; readonly eventSeq: number }[];
    }
  /** Changes may have been missed (a reconnect, or more goals than one hint holds): read everything shown again. */
  | { readonly kind: 'resync' };

/** Ends by itself; whoever reads the bytes holds them against the hash. */
export interface ArtifactLink {
  readonly url: string;
  readonly expiresAt: number;
  readonly hash: string;
  readonly sizeBytes: number;
}

export type ApprovalKind = 'task' | 'uncertain-step' | 'question' | 'tool-call' | 'plan';
export type ApprovalState = 'pending' | 'approved' | 'rejected' | 'expired' | 'withdrawn';

export interface Approval {
  readonly approvalId: string;
  readonly projectId: string;
  readonly goalId: string;
  readonly taskNo: number;
  readonly kind: ApprovalKind;
  readonly question: string;
  readonly context: Json;
  readonly state: ApprovalState;
  readonly requestedAt: number;
  readonly expiresAt?: number;
  readonly decidedAt?: number;
  readonly decidedBy?: string;
  readonly comment?: string;
  readonly answer?: Json;
}

export interface ApprovalFilter {
  readonly state?: ApprovalState;
  readonly goalId?: string;
  readonly projectId?: string;
  readonly limit?: number;
  /** The id of the last approval of the page before. */
  readonly after?: string;
}

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly comment?: string;
  /** The answer, with the person's edits; becomes the task's output. */
  readonly answer?: Json;
}

export interface Artifact {
  readonly goalId: string;
  readonly taskNo: number;
  readonly attempt: number;
  readonly name: string;
  /** `sha256:` and 64 hex digits. */
  readonly hash: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly at: number;
  /** Where the bytes are, relative to the server's root. */
  readonly href: string;
}

export type CatchUp = 'none' | 'last' | 'all';

export interface Schedule {
  readonly scheduleId: string;
  readonly projectId: string;
  readonly name: string;
  /** Five fields, minute first, read in `timeZone`. */
  readonly cron: string;
  readonly timeZone: string;
  readonly catchUp: CatchUp;
  readonly paused: boolean;
  readonly planHash: string;
  readonly workflow: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly priority: Priority;
  readonly nextAt: number;
  readonly createdBy: string;
}

export interface ScheduleRequest {
  /** That of the goals. Default: that of the key, or `default`. */
  readonly projectId?: string;
  readonly name: string;
  readonly workflow: string;
  readonly cron: string;
  /** An IANA name; default `UTC`. */
  readonly timeZone?: string;
  readonly catchUp?: CatchUp;
  readonly paused?: boolean;
  readonly inputs?: { readonly [name: string]: Json };
  readonly priority?: Priority;
}

export interface Worker {
  readonly workerId: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly version: string;
  readonly startedAt: number;
  readonly leaseUntil: number;
  readonly alive: boolean;
}

/** A process of this installation; a row that it keeps up by heartbeats. */
export interface Process {
  readonly processId: string;
  readonly name: string;
  readonly version: string;
  readonly roles: readonly string[];
  readonly labels: readonly string[];
  /** Of its API, where it has one. */
  readonly address?: string;
  /** Tasks it runs at once, and those under way when it last said so. */
  readonly slots?: number;
  readonly running?: number;
  readonly startedAt: number;
  readonly leaseUntil: number;
  readonly alive: boolean;
}

export interface QueueStats {
  readonly ready: number;
  readonly running: number;
  readonly sleeping: number;
  readonly blocked: number;
  /** Age of the oldest task that is ready. */
  readonly oldestReadyMs: number;
}

export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** True when Chorale works without it, with less. */
  readonly optional: boolean;
  readonly found: string;
  /** The command that mends it; missing when nothing is wrong. */
  readonly fix?: string;
}
