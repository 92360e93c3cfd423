// What time has made due, found by reading.
import type { ApprovalId, GoalId, ScheduleId, TenantId, WorkerId } from '@chorale/lib-ids';
import type { DueWork } from '@chorale/module-goals';
import { together, type Connection } from './connection.ts';

const due = [
  "SELECT 'wake-task', tenant_id, goal_id, no FROM tasks WHERE wake_at IS NOT NULL AND wake_at <= $1 ORDER BY wake_at LIMIT $2",
  "SELECT 'wake-goal', tenant_id, goal_id FROM goals WHERE state = 'scheduled' AND start_at <= $1 LIMIT $2",
  `SELECT 'wake-goal', tenant_id, goal_id FROM goals WHERE deadline_at IS NOT NULL
    AND state IN ('scheduled', 'running', 'paused') AND deadline_at <= $1 LIMIT $2`,
  `SELECT 'expire-approval', tenant_id, goal_id, approval_id FROM approvals
    WHERE state = 'pending' AND expires_at IS NOT NULL AND expires_at <= $1 LIMIT $2`,
  "SELECT 'fire-schedule', tenant_id, schedule_id FROM schedules WHERE NOT paused AND next_at <= $1 LIMIT $2",
];

const expiredWorkers = "SELECT 'retire-worker', worker_id FROM workers WHERE lease_until <= $1 LIMIT $2";

/** Tasks held by nobody: found through the goals that have running tasks, since no index follows who holds what. */
const abandonedTasks = `SELECT 'release-task', t.tenant_id, t.goal_id, t.no, t.attempt
  FROM goals g JOIN tasks t ON t.tenant_id = g.tenant_id AND t.goal_id = g.goal_id
  LEFT JOIN workers w ON w.worker_id = t.worker_id
  WHERE g.state IN ('running', 'paused', 'failing', 'cancelling') AND g.tasks_running > 0
    AND t.state = 'running' AND (w.worker_id IS NULL OR w.lease_until <= $1) LIMIT $2`;

/** Without a worker whose lease is over nothing is abandoned, unless its row went before its tasks did. */
const lookAnywayMs = 30_000;

const next = `SELECT least(
  (SELECT min(wake_at) FROM tasks WHERE wake_at IS NOT NULL AND wake_at > $1),
  (SELECT min(start_at) FROM goals WHERE state = 'scheduled' AND start_at > $1),
  (SELECT min(deadline_at) FROM goals WHERE deadline_at IS NOT NULL AND state IN ('scheduled', 'running', 'paused') AND deadline_at > $1),
  (SELECT min(expires_at) FROM approvals WHERE state = 'pending' AND expires_at IS NOT NULL AND expires_at > $1),
  (SELECT min(next_at) FROM schedules WHERE NOT paused AND next_at > $1),
  (SELECT min(lease_until) FROM workers WHERE lease_until > $1))`;

export class DueFinder {
  readonly #connection: Connection;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async find(now: number, limit: number): Promise<DueWork> {
    const [planned, expired, ...found] = await together([
      this.#connection.values(next, now),
      this.#connection.values(expiredWorkers, now, limit),
      ...due.map((sql) => this.#connection.values(sql, now, limit)),
    ]);
    const rows = found.flat();
    if (expired.length > 0 || now - this.#lookedAt >= lookAnywayMs) {
      const abandoned = await this.#connection.values(abandonedTasks, now, limit);
      if (expired.length === 0) this.#lookedAt = now;
      // A worker's row goes after the last of its tasks: until then it says whose lease was over.
      rows.push(...(abandoned.length > 0 ? abandoned : expired));
    }
    const nextAt = planned[0]?.[0];
    return {
      commands: rows.map((row) => dueCommand(row as readonly (string | number)[])),
      nextAt: typeof nextAt === 'number' ? nextAt : undefined,
    };
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
