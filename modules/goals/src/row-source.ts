// What a working set asks of a store, and how a store that cannot answer at once says so.
import type { ApprovalId, GoalId, ProjectId, ScheduleId, TenantId, WorkerId } from '@chorale/lib-ids';
import type { Goal } from './goal.ts';
import type { PlanDefinition } from './plan.ts';
import type { Approval, Schedule, Step, Worker } from './records.ts';
import type { Task } from './task.ts';

/** What a goal was submitted under: in one project it is another goal than in another. */
export interface GoalKey {
  readonly tenantId: TenantId;
  readonly projectId: ProjectId;
  readonly idempotencyKey: string;
}

/**
 * Where a working set reads rows it has not seen. Answers at once: an asynchronous store hands in what it has loaded
 * and throws `RowsMissing` for the rest; the batch is then loaded and run again, which is safe because running it
 * changes nothing but the working set.
 */
export interface RowSource {
  goal(tenantId: TenantId, goalId: GoalId): Goal | undefined;
  goalByKey(key: GoalKey): GoalId | undefined;
  task(goalId: GoalId, no: number): Task | undefined;
  allTasks(goalId: GoalId): readonly Task[];
  definition(tenantId: TenantId, planHash: string): PlanDefinition | undefined;
  approval(goalId: GoalId, approvalId: ApprovalId): Approval | undefined;
  pendingApprovals(goalId: GoalId): readonly Approval[];
  startedSteps(goalId: GoalId, taskNo: number, run: number): readonly Step[];
  worker(workerId: WorkerId): Worker | undefined;
  schedule(tenantId: TenantId, scheduleId: ScheduleId): Schedule | undefined;
}

export type MissingRows =
  | { readonly rows: 'goal'; readonly tenantId: TenantId; readonly goalId: GoalId }
  | ({ readonly rows: 'goal-by-key' } & GoalKey)
  | { readonly rows: 'task'; readonly goalId: GoalId; readonly no: number }
  | { readonly rows: 'all-tasks'; readonly goalId: GoalId }
  | { readonly rows: 'definition'; readonly tenantId: TenantId; readonly planHash: string }
  | { readonly rows: 'approval'; readonly goalId: GoalId; readonly approvalId: ApprovalId }
  | { readonly rows: 'pending-approvals'; readonly goalId: GoalId }
  | { readonly rows: 'started-steps'; readonly goalId: GoalId; readonly taskNo: number; readonly run: number }
  | { readonly rows: 'worker'; readonly workerId: WorkerId }
  | { readonly rows: 'schedule'; readonly tenantId: TenantId; readonly scheduleId: ScheduleId };

/** Not a failure: tells an asynchronous store what to load before it runs the batch again. */
export class RowsMissing extends Error {
  readonly missing: MissingRows;
  constructor(missing: MissingRows) {
    super(`rows not loaded: ${missing.rows}`);
    this.missing = missing;
  }
}
