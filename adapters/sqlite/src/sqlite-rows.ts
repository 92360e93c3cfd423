// The rows of the database as the engine reads and writes them inside one transaction.
import type { SQLInputValue } from 'node:sqlite';
import type { ApprovalId, GoalId, ScheduleId, TenantId, WorkerId } from '@chorale/lib-ids';
import { packEvents } from '@chorale/module-goals';
import type {
  Approval,
  Changes,
  Goal,
  GoalKey,
  PlanDefinition,
  RowSource,
  Schedule,
  Step,
  Task,
  Worker,
} from '@chorale/module-goals';
import {
  approvalShape,
  artifactShape,
  attemptShape,
  eventPageShape,
  goalShape,
  planVersionShape,
  scheduleShape,
  stepShape,
  taskShape,
  workerShape,
} from './row-shapes.ts';
import type { RowShape } from './row-shape.ts';
import type { Statements } from './statements.ts';

/** Definitions kept parsed; plans are shared by many goals, so few are in use at once. */
const definitionsMax = 500;
/** Tasks kept in memory, about half a kilobyte each. */
const keptTasksMax = 50_000;

export class SqliteRows implements RowSource {
  readonly #statements: Statements;
  readonly #definitions = new Map<string, PlanDefinition>();
  /** Tenant of each goal seen in this transaction: goals are asked for by id alone once they are known. */
  readonly #tenants = new Map<GoalId, TenantId>();
  // Rows of live goals as last committed. Only this connection writes them, so they are never stale; a transaction
  // that fails, or changes rows by other means than `write`, forgets them all.
  readonly #keptGoals = new Map<GoalId, Goal>();
  readonly #keptTasks = new Map<GoalId, Map<number, Task>>();
  #keptTasksCount = 0;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  goal(tenantId: TenantId, goalId: GoalId): Goal | undefined {
    this.#tenants.set(goalId, tenantId);
    const kept = this.#keptGoals.get(goalId);
    if (kept !== undefined) return kept;
    return this.#statements.get(goalShape, 'WHERE tenant_id = ? AND goal_id = ?', tenantId, goalId);
  }

  goalByKey({ tenantId, projectId, idempotencyKey }: GoalKey): GoalId | undefined {
    const sql = 'SELECT goal_id FROM goals WHERE tenant_id = ? AND project_id = ? AND idempotency_key = ?';
    return this.#statements.value(sql, tenantId, projectId, idempotencyKey) as GoalId | undefined;
  }

  task(goalId: GoalId, no: number, tenantId: TenantId = this.#tenantOf(goalId)): Task | undefined {
    const kept = this.#keptTasks.get(goalId)?.get(no);
    if (kept !== undefined) return kept;
    return this.#statements.get(taskShape, 'WHERE tenant_id = ? AND goal_id = ? AND no = ?', tenantId, goalId, no);
  }

  allTasks(goalId: GoalId): readonly Task[] {
    return this.#statements.all(
      taskShape,
      'WHERE tenant_id = ? AND goal_id = ? ORDER BY no',
      this.#tenantOf(goalId),
      goalId,
    );
  }

  definition(tenantId: TenantId, planHash: string): PlanDefinition | undefined {
    const key = `${tenantId} ${planHash}`;
    const known = this.#definitions.get(key);
    if (known !== undefined) return known;
    const sql = 'SELECT definition FROM definitions WHERE tenant_id = ? AND plan_hash = ?';
    const text = this.#statements.value(sql, tenantId, planHash);
    if (typeof text !== 'string') return undefined;
    return this.#remember(key, JSON.parse(text) as PlanDefinition);
  }

  #remember(key: string, definition: PlanDefinition): PlanDefinition {
    if (this.#definitions.size >= definitionsMax) this.#definitions.clear();
    this.#definitions.set(key, definition);
    return definition;
  }

  approval(goalId: GoalId, approvalId: ApprovalId): Approval | undefined {
    return this.#statements.get(
      approvalShape,
      'WHERE tenant_id = ? AND approval_id = ?',
      this.#tenantOf(goalId),
      approvalId,
    );
  }

  pendingApprovals(goalId: GoalId): readonly Approval[] {
    return this.#statements.all(
      approvalShape,
      "WHERE tenant_id = ? AND goal_id = ? AND state = 'pending'",
      this.#tenantOf(goalId),
      goalId,
    );
  }

  startedSteps(goalId: GoalId, taskNo: number, run: number): readonly Step[] {
    const rest =
      "WHERE tenant_id = ? AND goal_id = ? AND task_no = ? AND run = ? AND state = 'started' ORDER BY step_no";
    return this.#statements.all(stepShape, rest, this.#tenantOf(goalId), goalId, taskNo, run);
  }

  worker(workerId: WorkerId): Worker | undefined {
    return this.#statements.get(workerShape, 'WHERE worker_id = ?', workerId);
  }

  schedule(tenantId: TenantId, scheduleId: ScheduleId): Schedule | undefined {
    return this.#statements.get(scheduleShape, 'WHERE tenant_id = ? AND schedule_id = ?', tenantId, scheduleId);
  }

  #tenantOf(goalId: GoalId): TenantId {
    const tenantId = this.#tenants.get(goalId);
    if (tenantId === undefined) throw new Error(`goal ${goalId} was not read before its rows`);
    return tenantId;
  }

  /** Forgets what belongs to one transaction; keeps the rows it wrote if it was committed. */
  endTransaction(committed: Changes | undefined): void {
    this.#tenants.clear();
    if (committed === undefined || this.#keptTasksCount > keptTasksMax) this.forget();
    if (committed === undefined) {
      // Some of them were to be written by the transaction that failed.
      this.#definitions.clear();
      return;
    }
    for (const { row: task } of committed.tasks) this.#keepTask(task);
    for (const { row: goal } of committed.goals) this.#keepGoal(goal);
  }

  forget(): void {
    this.#keptGoals.clear();
    this.#keptTasks.clear();
    this.#keptTasksCount = 0;
  }

  #keepGoal(goal: Goal): void {
    if (goal.finishedAt === undefined) {
      this.#keptGoals.set(goal.goalId, goal);
      return;
    }
    this.#keptGoals.delete(goal.goalId);
    this.#keptTasksCount -= this.#keptTasks.get(goal.goalId)?.size ?? 0;
    this.#keptTasks.delete(goal.goalId);
  }

  #keepTask(task: Task): void {
    let ofGoal = this.#keptTasks.get(task.goalId);
    if (ofGoal === undefined) this.#keptTasks.set(task.goalId, (ofGoal = new Map()));
    if (!ofGoal.has(task.no)) this.#keptTasksCount += 1;
    ofGoal.set(task.no, task);
  }

  /** Writes everything a batch changed. */
  write(changes: Changes): void {
    for (const { tenantId, planHash, definition } of changes.definitions)
      this.#writeDefinition(tenantId, planHash, definition);
    this.#insertOrPut(goalShape, changes.goals);
    this.#insertOrPut(taskShape, changes.tasks);
    this.#writeAll(planVersionShape, 'insert', changes.planVersions);
    this.#writeAll(attemptShape, 'insert', changes.attempts);
    this.#insertOrPut(stepShape, changes.steps);
    this.#writeAll(eventPageShape, 'insert', packEvents(changes.events));
    this.#writeAll(approvalShape, 'put', changes.approvals);
    this.#writeAll(artifactShape, 'put', changes.artifacts);
    this.#writeAll(workerShape, 'put', changes.workers);
    this.#writeAll(scheduleShape, 'put', changes.schedules);
    for (const workerId of changes.workersGone)
      this.#statements.run('DELETE FROM workers WHERE worker_id = ?', workerId);
    for (const { tenantId, scheduleId } of changes.schedulesGone) {
      this.#statements.run('DELETE FROM schedules WHERE tenant_id = ? AND schedule_id = ?', tenantId, scheduleId);
    }
  }

  #writeDefinition(tenantId: TenantId, planHash: string, definition: PlanDefinition): void {
    const key = `${tenantId} ${planHash}`;
    if (this.#definitions.has(key)) return;
    const sql = 'INSERT INTO definitions (tenant_id, plan_hash, definition) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    this.#statements.run(sql, tenantId, planHash, JSON.stringify(definition));
    this.#remember(key, definition);
  }

  #insertOrPut<Row extends object>(
    shape: RowShape<Row>,
    written: readonly { readonly row: Row; readonly isNew: boolean }[],
  ): void {
    for (const { row, isNew } of written) this.#run(isNew ? shape.insert : shape.put, shape.toValues(row));
  }

  #writeAll<Row extends object>(shape: RowShape<Row>, how: 'insert' | 'put', rows: readonly Row[]): void {
    for (const row of rows) this.#run(shape[how], shape.toValues(row));
  }

  #run(sql: string, values: SQLInputValue[]): void {
    this.#statements.run(sql, ...values);
  }
}
