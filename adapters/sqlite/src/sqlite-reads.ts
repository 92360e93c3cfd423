// What others ask of the rows, outside the engine's transactions.
import type { SQLInputValue } from 'node:sqlite';
import { refused } from '@chorale/lib-errors';
import type { ApprovalId, GoalId, ProjectId, ScheduleId, TenantId, WorkerId } from '@chorale/lib-ids';
import { unpackEvents } from '@chorale/module-goals';
import type {
  Approval,
  ApprovalFilter,
  Artifact,
  Attempt,
  DueWork,
  EventRange,
  Goal,
  GoalEvent,
  GoalFilter,
  Hold,
  Page,
  PlanDefinition,
  PlanVersion,
  QueueStats,
  Schedule,
  Step,
  StepFilter,
  Task,
  TenantUse,
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
import type { Statements } from './statements.ts';

const ofGoal = 'WHERE tenant_id = ? AND goal_id = ?';
/** The second half always holds, and is what leads to the indexes by project. */
const ofProject = "project_id = ? AND project_id <> ''";

export class SqliteReads {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  findGoal(tenantId: TenantId, goalId: GoalId): Goal | undefined {
    return this.#statements.get(goalShape, ofGoal, tenantId, goalId);
  }

  /** Goal ids sort by creation time, so the primary key is the order and the cursor. */
  listGoals(tenantId: TenantId, filter: GoalFilter): Page<Goal> {
    const where = ['tenant_id = ?', `archived_at IS ${filter.archived === true ? 'NOT NULL' : 'NULL'}`];
    const values: SQLInputValue[] = [tenantId];
    if (filter.restored === true) where.push('restored_in IS NOT NULL');
    if (filter.after !== undefined) {
      if (!/^goal_[0-9a-z]{26}$/.test(filter.after))
        throw refused('cursor-invalid', `"${filter.after}" is not a cursor of this list.`);
      where.push('goal_id < ?');
      values.push(filter.after);
    }
    if (filter.states !== undefined) {
      where.push(`state IN (${filter.states.map(() => '?').join(', ')})`);
      values.push(...filter.states);
    }
    if (filter.workflow !== undefined) {
      where.push('workflow = ?');
      values.push(filter.workflow);
    }
    if (filter.projectId !== undefined) {
      where.push(ofProject);
      values.push(filter.projectId);
    }
    const items = this.#statements.all(
      goalShape,
      `WHERE ${where.join(' AND ')} ORDER BY goal_id DESC LIMIT ?`,
      ...values,
      filter.limit,
    );
    return { items, next: items.length < filter.limit ? undefined : items.at(-1)?.goalId };
  }

  listTasks(tenantId: TenantId, goalId: GoalId): readonly Task[] {
    return this.#statements.all(taskShape, `${ofGoal} ORDER BY no`, tenantId, goalId);
  }

  findTasks(tenantId: TenantId, goalId: GoalId, keys: readonly string[]): readonly Task[] {
    const rest = `${ofGoal} AND key IN (SELECT value FROM json_each(?)) ORDER BY no`;
    return this.#statements.all(taskShape, rest, tenantId, goalId, JSON.stringify(keys));
  }

  listAttempts(tenantId: TenantId, goalId: GoalId, taskNo?: number): readonly Attempt[] {
    const rest = 'WHERE tenant_id = ?1 AND goal_id = ?2 AND (?3 IS NULL OR task_no = ?3) ORDER BY task_no, attempt';
    return this.#statements.all(attemptShape, rest, tenantId, goalId, taskNo ?? null);
  }

  listSteps(tenantId: TenantId, goalId: GoalId, { taskNo, run }: StepFilter): readonly Step[] {
    const rest =
      'WHERE tenant_id = ?1 AND goal_id = ?2 AND task_no = ?3 AND (?4 IS NULL OR run = ?4) ORDER BY run, step_no';
    return this.#statements.all(stepShape, rest, tenantId, goalId, taskNo, run ?? null);
  }

  listEvents(tenantId: TenantId, goalId: GoalId, { afterSeq, limit }: EventRange): readonly GoalEvent[] {
    const rest = `${ofGoal} AND seq > ? ORDER BY seq LIMIT ?`;
    // A page holds at least one event, so as many pages as events asked for are enough.
    const pages = this.#statements.all(eventPageShape, rest, tenantId, goalId, afterSeq, limit);
    return unpackEvents(pages, afterSeq, limit);
  }

  findDefinition(tenantId: TenantId, planHash: string): PlanDefinition | undefined {
    const sql = 'SELECT definition FROM definitions WHERE tenant_id = ? AND plan_hash = ?';
    const text = this.#statements.value(sql, tenantId, planHash);
    return typeof text === 'string' ? (JSON.parse(text) as PlanDefinition) : undefined;
  }

  listPlanVersions(tenantId: TenantId, goalId: GoalId): readonly PlanVersion[] {
    return this.#statements.all(planVersionShape, `${ofGoal} ORDER BY version`, tenantId, goalId);
  }

  findApproval(tenantId: TenantId, approvalId: ApprovalId): Approval | undefined {
    return this.#statements.get(approvalShape, 'WHERE tenant_id = ? AND approval_id = ?', tenantId, approvalId);
  }

  listApprovals(tenantId: TenantId, filter: ApprovalFilter): readonly Approval[] {
    const where = ['tenant_id = ?'];
    const values: SQLInputValue[] = [tenantId];
    const conditions = [
      ['state = ?', filter.state],
      ['goal_id = ?', filter.goalId],
      [ofProject, filter.projectId],
      ['approval_id > ?', filter.after],
    ] as const;
    for (const [condition, value] of conditions) {
      if (value === undefined) continue;
      where.push(condition);
      values.push(value);
    }
    return this.#statements.all(
      approvalShape,
      `WHERE ${where.join(' AND ')} ORDER BY approval_id LIMIT ?`,
      ...values,
      filter.limit,
    );
  }

  listArtifacts(tenantId: TenantId, goalId: GoalId): readonly Artifact[] {
    return this.#statements.all(artifactShape, `${ofGoal} ORDER BY task_no, attempt, name`, tenantId, goalId);
  }

  listSchedules(tenantId: TenantId): readonly Schedule[] {
    return this.#statements.all(scheduleShape, 'WHERE tenant_id = ? ORDER BY name, schedule_id', tenantId);
  }

  listWorkers(): readonly Worker[] {
    return this.#statements.all(workerShape, 'ORDER BY started_at');
  }

  cancelRequested(workerId: WorkerId): readonly Hold[] {
    return this.#holds("state = 'running' AND worker_id = ? AND cancel_requested = 1", workerId);
  }

  listHeld(workerId: WorkerId): readonly Hold[] {
    return this.#holds("state = 'running' AND worker_id = ?", workerId);
  }

  #holds(where: string, workerId: WorkerId): readonly Hold[] {
    const sql = `SELECT tenant_id, goal_id, no, attempt FROM tasks WHERE ${where}`;
    return this.#statements.values(sql, workerId).map(([tenantId, goalId, taskNo, attempt]) => ({
      tenantId: tenantId as TenantId,
      goalId: goalId as GoalId,
      taskNo: taskNo as number,
      attempt: attempt as number,
    }));
  }

  measureUse(tenantId: TenantId, projectId?: ProjectId): TenantUse {
    const given = projectId === undefined ? [] : [projectId];
    const some = projectId === undefined ? '' : ` AND ${ofProject}`;
    const open = `WHERE tenant_id = ?${some} AND state IN ('scheduled', 'running', 'paused', 'failing', 'cancelling')`;
    const stored =
      projectId === undefined ? '' : ` AND goal_id IN (SELECT goal_id FROM goals WHERE tenant_id = ?1${some})`;
    const count = (sql: string): number => Number(this.#statements.value(sql, tenantId, ...given));
    return {
      goals: count(`SELECT count(*) FROM goals ${open}`),
      tasks: count(`SELECT coalesce(sum(tasks_open), 0) FROM goals ${open}`),
      artifactBytes: count(`SELECT coalesce(sum(size_bytes), 0) FROM artifacts WHERE tenant_id = ?1${stored}`),
    };
  }

  queueStats(now: number, tenantId?: TenantId): QueueStats {
    const where = tenantId === undefined ? '?1 IS NULL' : 'tenant_id = ?1';
    const count = (condition: string): number => {
      const sql = `SELECT count(*) FROM tasks WHERE ${condition} AND ${where}`;
      return Number(this.#statements.value(sql, tenantId ?? null));
    };
    const oldest = this.#statements.value(
      `SELECT min(ready_at) FROM tasks WHERE state = 'ready' AND ${where}`,
      tenantId ?? null,
    );
    return {
      ready: count("state = 'ready'"),
      running: count("state = 'running'"),
      sleeping: count("wake_at IS NOT NULL AND state = 'sleeping'"),
      blocked: Number(
        this.#statements.value(`SELECT count(*) FROM approvals WHERE state = 'pending' AND ${where}`, tenantId ?? null),
      ),
      oldestReadyMs: typeof oldest === 'number' ? Math.max(0, now - oldest) : 0,
    };
  }

  findDue(now: number, limit: number): DueWork {
    const commands: DueWork['commands'][number][] = [];
    const read = (sql: string): void => {
      for (const row of this.#statements.values(sql, now, limit))
        commands.push(dueCommand(row as readonly (string | number)[]));
    };
    read(
      "SELECT 'wake-task', tenant_id, goal_id, no FROM tasks WHERE wake_at IS NOT NULL AND wake_at <= ? ORDER BY wake_at LIMIT ?",
    );
    read(`SELECT 'release-task', t.tenant_id, t.goal_id, t.no, t.attempt FROM tasks t LEFT JOIN workers w ON w.worker_id = t.worker_id
      WHERE t.state = 'running' AND (w.worker_id IS NULL OR w.lease_until <= ?) LIMIT ?`);
    read("SELECT 'wake-goal', tenant_id, goal_id FROM goals WHERE state = 'scheduled' AND start_at <= ? LIMIT ?");
    read(`SELECT 'wake-goal', tenant_id, goal_id FROM goals WHERE deadline_at IS NOT NULL
      AND state IN ('scheduled', 'running', 'paused') AND deadline_at <= ? LIMIT ?`);
    read(`SELECT 'expire-approval', tenant_id, goal_id, approval_id FROM approvals
      WHERE state = 'pending' AND expires_at IS NOT NULL AND expires_at <= ? LIMIT ?`);
    read("SELECT 'fire-schedule', tenant_id, schedule_id FROM schedules WHERE paused = 0 AND next_at <= ? LIMIT ?");
    read(`SELECT 'retire-worker', worker_id FROM workers w WHERE lease_until <= ?
      AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.state = 'running' AND t.worker_id = w.worker_id) LIMIT ?`);
    return { commands, nextAt: this.#nextAt(now) };
  }

  #nextAt(now: number): number | undefined {
    const next = this.#statements.value(
      `SELECT min(at) FROM (
        SELECT min(wake_at) AS at FROM tasks WHERE wake_at IS NOT NULL AND wake_at > ?1
        UNION ALL SELECT min(start_at) FROM goals WHERE state = 'scheduled' AND start_at > ?1
        UNION ALL SELECT min(deadline_at) FROM goals WHERE deadline_at IS NOT NULL AND state IN ('scheduled', 'running', 'paused') AND deadline_at > ?1
        UNION ALL SELECT min(expires_at) FROM approvals WHERE state = 'pending' AND expires_at IS NOT NULL AND expires_at > ?1
        UNION ALL SELECT min(next_at) FROM schedules WHERE paused = 0 AND next_at > ?1
        UNION ALL SELECT min(lease_until) FROM workers WHERE lease_until > ?1)`,
      now,
    );
    return typeof next === 'number' ? next : undefined;
  }
}

function dueCommand(row: readonly (string | number)[]): DueWork['commands'][number] {
  const [command, first, second, third, fourth] = row;
  if (command === 'retire-worker') return { command, workerId: first as WorkerId };
  const tenantId = first as TenantId;
  if (command === 'fire-schedule') return { command, tenantId, scheduleId: second as ScheduleId };
  const goalId = second as GoalId;
  if (command === 'wake-task') return { command, tenantId, goalId, taskNo: third as number };
  if (command === 'release-task')
    return { command, tenantId, goalId, taskNo: third as number, attempt: fourth as number };
  if (command === 'expire-approval') return { command, tenantId, goalId, approvalId: third as ApprovalId };
  return { command: 'wake-goal', tenantId, goalId };
}
