// What the product needs from whatever keeps its rows. Implemented by @chorale/adapter-sqlite and
// @chorale/adapter-postgres, which pass the same suite (`goal-store.contract.ts`). Rules GS1 to GS6 of SPEC.md.
import type { ApprovalId, GoalId, ProjectId, TenantId, WorkerId } from '@chorale/lib-ids';
import type { LaneLimit } from '@chorale/module-scheduling';
import type { Command, GoalCommand, Hold, ReplyOf } from './command.ts';
import type { Goal, GoalState } from './goal.ts';
import type { PlanDefinition } from './plan.ts';
import type {
  Approval,
  ApprovalState,
  Artifact,
  Attempt,
  GoalEvent,
  PlanVersion,
  Schedule,
  Step,
  Worker,
} from './records.ts';
import type { Task } from './task.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Give it back as `after` for the next page; undefined at the end. */
  readonly next: string | undefined;
}

export interface GoalFilter {
  readonly states?: readonly GoalState[];
  readonly workflow?: string;
  readonly projectId?: ProjectId;
  /** Those that a restore left open and that nobody has reconciled. */
  readonly restored?: boolean;
  /** Those in the archive, instead of those that are not. */
  readonly archived?: boolean;
  readonly limit: number;
  /** Newest first; the cursor of the page before. */
  readonly after?: string;
}

/** Approvals of archived goals are found by their id and by their goal. */
export interface ApprovalFilter {
  readonly state?: ApprovalState;
  readonly goalId?: GoalId;
  readonly projectId?: ProjectId;
  readonly limit: number;
  /** The last approval of the page before. */
  readonly after?: ApprovalId;
}

export interface StepFilter {
  readonly taskNo: number;
  readonly run?: number;
}

export interface EventRange {
  /** 0 for the first. */
  readonly afterSeq: number;
  readonly limit: number;
}

/** Commands that time has made due, found by reading; each is checked again under the goal's lock when it runs. */
export interface DueWork {
  readonly commands: readonly (GoalCommand | Extract<Command, { command: 'fire-schedule' | 'retire-worker' }>)[];
  /** When the next thing known now becomes due; undefined when nothing is planned. */
  readonly nextAt: number | undefined;
}

export interface CommitHint {
  /** Goals with new events, and their last sequence number. */
  readonly goals: readonly { readonly tenantId: TenantId; readonly goalId: GoalId; readonly eventSeq: number }[];
  /** Lanes in which tasks became ready and were left unclaimed. */
  readonly readyLanes: readonly string[];
  /** Running tasks that were asked to stop. */
  readonly cancelRequested: readonly (Hold & { readonly workerId: WorkerId })[];
  /** The earliest wake time written, for whoever sleeps until the next due thing. */
  readonly wakeAt: number | undefined;
}

export interface EngineLimits {
  readonly lanes: readonly LaneLimit[];
  /** Share of each tenant when several wait; 1 for those not named. */
  readonly tenantWeights: { readonly [tenantId: string]: number };
  /** How many tasks of a tenant may run at once; no limit for those not named. */
  readonly tenantRunningMax?: { readonly [tenantId: string]: number };
  /** Of these nothing is claimed; what runs goes on, unless whoever runs it ends it. */
  readonly stoppedTenants?: readonly TenantId[];
  /** A ready task that waited this long moves up one priority class. */
  readonly agingMs: number;
  /** After a cancel, how long running tasks have before they are cut off. */
  readonly cancelGraceMs: number;
  /** A task whose workers were lost this often in one run fails: it may be what kills them. */
  readonly lossesMax: number;
}

/** What holds until `configure` is called. */
export const defaultLimits: EngineLimits = {
  lanes: [],
  tenantWeights: {},
  agingMs: 60_000,
  cancelGraceMs: 10_000,
  // A server that is killed loses every task it runs: few losses would fail good tasks of a bad machine.
  lossesMax: 100,
};

export interface QueueStats {
  readonly ready: number;
  readonly running: number;
  readonly sleeping: number;
  readonly blocked: number;
  /** Age of the oldest task that is ready, in milliseconds; the first thing to alert on. */
  readonly oldestReadyMs: number;
}

/** What a tenant, or one project of it, has at this moment. */
export interface TenantUse {
  /** Of goals that have not ended. */
  readonly goals: number;
  readonly tasks: number;
  readonly artifactBytes: number;
}

/** How old what is read may be. */
export interface Freshness {
  readonly tenantId: TenantId;
  readonly withinMs: number;
  /** A `writtenUntil` of any process: what was acknowledged until then must be seen. */
  readonly since?: number;
}

export type GoalReads = Pick<
  GoalStore,
  | 'findGoal'
  | 'listGoals'
  | 'listTasks'
  | 'findTasks'
  | 'listAttempts'
  | 'listSteps'
  | 'listEvents'
  | 'findDefinition'
  | 'listPlanVersions'
  | 'findApproval'
  | 'listApprovals'
  | 'listArtifacts'
  | 'listSchedules'
  | 'listWorkers'
  | 'queueStats'
  | 'measureUse'
>;

/** Where reads that may lag can go elsewhere. */
export interface LaggingReads {
  /** Undefined where they have to go where everything goes. */
  reading(freshness: Freshness): GoalReads | undefined;
  /** A time after all that this process has seen acknowledged. */
  writtenUntil(): number | undefined;
}

export interface GoalStore {
  readonly lagging?: LaggingReads;
  /** Claims with `waitMs` are kept until there is work: ask again at once, and with several claims if need be. */
  readonly keepsClaims?: boolean;
  execute<C extends Command>(command: C): Promise<ReplyOf<C>>;
  /** Replaces concurrency and rate limits and weights; takes effect with the next claim. */
  configure(limits: EngineLimits): Promise<void>;
  onCommit(listener: (hint: CommitHint) => void): () => void;

  findDue(limit: number): Promise<DueWork>;
  findGoal(tenantId: TenantId, goalId: GoalId): Promise<Goal | undefined>;
  listGoals(tenantId: TenantId, filter: GoalFilter): Promise<Page<Goal>>;
  listTasks(tenantId: TenantId, goalId: GoalId): Promise<readonly Task[]>;
  /** Tasks by key, without their siblings: what an expression refers to. */
  findTasks(tenantId: TenantId, goalId: GoalId, keys: readonly string[]): Promise<readonly Task[]>;
  listAttempts(tenantId: TenantId, goalId: GoalId, taskNo?: number): Promise<readonly Attempt[]>;
  /** Of one run of the task, or of all. */
  listSteps(tenantId: TenantId, goalId: GoalId, of: StepFilter): Promise<readonly Step[]>;
  listEvents(tenantId: TenantId, goalId: GoalId, range: EventRange): Promise<readonly GoalEvent[]>;
  findDefinition(tenantId: TenantId, planHash: string): Promise<PlanDefinition | undefined>;
  listPlanVersions(tenantId: TenantId, goalId: GoalId): Promise<readonly PlanVersion[]>;
  findApproval(tenantId: TenantId, approvalId: ApprovalId): Promise<Approval | undefined>;
  /** Oldest first. */
  listApprovals(tenantId: TenantId, filter: ApprovalFilter): Promise<readonly Approval[]>;
  listArtifacts(tenantId: TenantId, goalId: GoalId): Promise<readonly Artifact[]>;
  listSchedules(tenantId: TenantId): Promise<readonly Schedule[]>;
  listWorkers(): Promise<readonly Worker[]>;
  /** What the rows say the worker holds: for one that does not know what its last claim gave. Not for every day. */
  listHeld(workerId: WorkerId): Promise<readonly Hold[]>;
  queueStats(tenantId?: TenantId): Promise<QueueStats>;
  measureUse(tenantId: TenantId, projectId?: ProjectId): Promise<TenantUse>;
  close(): Promise<void>;
}
