// What others ask of the rows, outside the engine's transactions.
import { refused } from '@chorale/lib-errors';
import type { GoalId, ProjectId, TenantId } from '@chorale/lib-ids';
import {
  unpackEvents,
  type Goal,
  type GoalFilter,
  type GoalStore,
  type Page,
  type Hold,
  type QueueStats,
  type Task,
  type TenantUse,
} from '@chorale/module-goals';
import type { Sql } from 'postgres';
import { archivedGoals } from './archived-rows.ts';
import { Connection, type EndedReads } from './connection.ts';
import { DueFinder } from './due-finder.ts';
import { allAttempts, allSteps } from './folded-attempts.ts';
import { withLeftOut } from './left-out-tasks.ts';
import { readDefinition } from './load-rows.ts';
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

const ofGoal = 'WHERE tenant_id = $1 AND goal_id = $2';
/** The second half always holds, and is what leads to the indexes by project. */
const ofProject = "project_id = ? AND project_id <> ''";
const clock = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** Through the goals that have running tasks, since no index follows who holds what. */
const heldTasks = `SELECT t.tenant_id, t.goal_id, t.no, t.attempt
  FROM goals g JOIN tasks t ON t.tenant_id = g.tenant_id AND t.goal_id = g.goal_id
  WHERE g.state IN ('running', 'paused', 'failing', 'cancelling') AND g.tasks_running > 0
    AND t.state = 'running' AND t.worker_id = $1`;

type Value = string | number | null;

/** Conditions with numbered places, built up as filters are given. */
class Where {
  readonly values: Value[] = [];
  readonly #conditions: string[] = [];

  add(condition: string, value: Value | undefined): this {
    if (value === undefined) return this;
    this.values.push(value);
    this.#conditions.push(condition.replace('?', `$${this.values.length}`));
    return this;
  }

  /** The place of one more value, such as a limit. */
  next(value: Value): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  toString(): string {
    return `WHERE ${this.#conditions.join(' AND ')}`;
  }
}

export interface Readers {
  readonly readers: Sql;
  readonly scheduler: Sql;
  readonly ended?: EndedReads;
}

/** `now` replaces the server's clock. */
export function makeReads(
  { readers, scheduler, ended }: Readers,
  now?: () => number,
): Omit<GoalStore, 'execute' | 'configure' | 'onCommit' | 'close'> {
  const connection = new Connection(readers, ended);
  const ofAll = new Connection(scheduler);
  const due = new DueFinder(ofAll);
  const time = async (): Promise<number> => now?.() ?? (await readClock(connection));
  return {
    findDue: async (limit) => due.find(await time(), limit),
    findGoal: async (tenantId, goalId) => (await connection.of(tenantId).all(goalShape, ofGoal, tenantId, goalId))[0],
    listGoals: (tenantId, filter) => listGoals(connection.of(tenantId), tenantId, filter),
    listTasks: (tenantId, goalId) => readTasks(connection.of(tenantId), { tenantId, goalId }),
    findTasks: async (tenantId, goalId, keys) => {
      const wanted = new Set(keys);
      const found = await readTasks(connection.of(tenantId), { tenantId, goalId, keys });
      return found.filter(({ key }) => wanted.has(key));
    },
    listAttempts: (tenantId, goalId, taskNo) => {
      const where = new Where().add('tenant_id = ?', tenantId).add('goal_id = ?', goalId).add('task_no = ?', taskNo);
      const source = `${allAttempts} ${where.toString()} ORDER BY task_no, attempt`;
      return connection.of(tenantId).allFrom(attemptShape, source, where.values);
    },
    listSteps: (tenantId, goalId, { taskNo, run }) => {
      const where = new Where()
        .add('tenant_id = ?', tenantId)
        .add('goal_id = ?', goalId)
        .add('task_no = ?', taskNo)
        .add('run = ?', run);
      const source = `${allSteps} ${where.toString()} ORDER BY run, step_no`;
      return connection.of(tenantId).allFrom(stepShape, source, where.values);
    },
    // A page holds at least one event, so as many pages as events asked for are enough.
    listEvents: async (tenantId, goalId, { afterSeq, limit }) => {
      const rest = `${ofGoal} AND seq > $3 ORDER BY seq LIMIT $4`;
      const pages = await connection.of(tenantId).all(eventPageShape, rest, tenantId, goalId, afterSeq, limit);
      return unpackEvents(pages, afterSeq, limit);
    },
    findDefinition: (tenantId, planHash) => readDefinition(connection.of(tenantId), tenantId, planHash),
    listPlanVersions: (tenantId, goalId) =>
      connection.of(tenantId).all(planVersionShape, `${ofGoal} ORDER BY version`, tenantId, goalId),
    findApproval: async (tenantId, approvalId) => {
      const rest = 'WHERE tenant_id = $1 AND approval_id = $2';
      return (await connection.of(tenantId).all(approvalShape, rest, tenantId, approvalId))[0];
    },
    listApprovals: (tenantId, { state, goalId, projectId, limit, after }) => {
      const where = new Where()
        .add('tenant_id = ?', tenantId)
        .add('state = ?', state)
        .add('goal_id = ?', goalId)
        .add(ofProject, projectId)
        .add('approval_id > ?', after);
      const rest = `${where.toString()} ORDER BY approval_id LIMIT ${where.next(limit)}`;
      return connection.of(tenantId).all(approvalShape, rest, ...where.values);
    },
    listArtifacts: (tenantId, goalId) =>
      connection.of(tenantId).all(artifactShape, `${ofGoal} ORDER BY task_no, attempt, name`, tenantId, goalId),
    listSchedules: (tenantId) =>
      connection.of(tenantId).all(scheduleShape, 'WHERE tenant_id = $1 ORDER BY name, schedule_id', tenantId),
    listWorkers: () => connection.all(workerShape, 'ORDER BY started_at'),
    listHeld: async (workerId) =>
      (await ofAll.values(heldTasks, workerId)).map(
        ([tenantId, goalId, taskNo, attempt]) => ({ tenantId, goalId, taskNo, attempt }) as Hold,
      ),
    measureUse: (tenantId, projectId) => measureUse(connection.of(tenantId), tenantId, projectId),
    queueStats: async (tenantId) =>
      queueStats(tenantId === undefined ? ofAll : connection.of(tenantId), await time(), tenantId),
  };
}

const useOf = (goals: string, artifacts: string): string => `SELECT
  (SELECT count(*) FROM goals WHERE ${goals} AND state = 'scheduled')
    + (SELECT count(*) FROM goals WHERE ${goals} AND state IN ('running', 'paused', 'failing', 'cancelling')),
  (SELECT coalesce(sum(tasks_open), 0)::bigint FROM goals
    WHERE ${goals} AND state IN ('running', 'paused', 'failing', 'cancelling')),
  (SELECT coalesce(sum(size_bytes), 0)::bigint FROM artifacts WHERE ${artifacts})`;

const goalsOfProject = "tenant_id = $1 AND project_id = $2 AND project_id <> ''";
const useOfTenant = useOf('tenant_id = $1', 'tenant_id = $1');
const useOfProject = useOf(
  goalsOfProject,
  `tenant_id = $1 AND goal_id IN (SELECT goal_id FROM goals WHERE ${goalsOfProject})`,
);

async function measureUse(connection: Connection, tenantId: TenantId, projectId?: ProjectId): Promise<TenantUse> {
  const [row] = await (projectId === undefined
    ? connection.values(useOfTenant, tenantId)
    : connection.values(useOfProject, tenantId, projectId));
  const [goals, tasks, artifactBytes] = row as readonly [number, number, number];
  return { goals, tasks, artifactBytes };
}

/** The goal and its rows as of one moment, and what the goal has left out. */
async function readTasks(
  connection: Connection,
  {
    tenantId,
    goalId,
    keys,
  }: { readonly tenantId: TenantId; readonly goalId: GoalId; readonly keys?: readonly string[] },
): Promise<readonly Task[]> {
  const some = keys === undefined ? '' : 'AND tasks.key IN (SELECT json_array_elements_text($3::text::json))';
  const sql = `SELECT g.plan_version, g.plan_hash, g.priority, ${taskShape.select} FROM goals g
    LEFT JOIN tasks ON tasks.tenant_id = g.tenant_id AND tasks.goal_id = g.goal_id ${some}
    WHERE g.tenant_id = $1 AND g.goal_id = $2`;
  const more = keys === undefined ? [] : [JSON.stringify(keys)];
  const found = await connection.values(sql, tenantId, goalId, ...more);
  const rows = found
    .flatMap((row) => (row[3] === null ? [] : [taskShape.fromValues(row.slice(3))]))
    // They come by the primary key, but for a join nothing promises that; asking for it made the server sort them.
    .toSorted((left, right) => left.no - right.no);
  const [planVersion, planHash, priority] = (found[0] ?? []) as [number, string, Goal['priority']];
  if (planVersion !== 1 || rows.length === keys?.length) return rows;
  const plan = await readDefinition(connection, tenantId, planHash);
  return plan === undefined ? rows : withLeftOut({ goal: { tenantId, goalId, priority, planVersion }, rows }, plan);
}

/** Goal ids sort by creation time, so the primary key is the order and the cursor. */
async function listGoals(connection: Connection, tenantId: TenantId, filter: GoalFilter): Promise<Page<Goal>> {
  const { states, workflow, projectId, after, limit } = filter;
  if (after !== undefined && !/^goal_[0-9a-z]{26}$/.test(after)) {
    throw refused('cursor-invalid', `"${after}" is not a cursor of this list.`);
  }
  const where = new Where().add('tenant_id = ?', tenantId).add('goal_id < ?', after).add('workflow = ?', workflow);
  where
    .add(ofProject, projectId)
    .add(
      'state IN (SELECT json_array_elements_text(?::text::json))',
      states === undefined ? undefined : JSON.stringify(states),
    );
  const left = filter.restored === true ? 'AND restored_in IS NOT NULL' : '';
  const rest = `${where.toString()} ${left} ORDER BY goal_id DESC LIMIT ${where.next(limit)}`;
  const source = filter.archived === true ? archivedGoals : goalShape.table;
  const items = await connection.allFrom(goalShape, `${source} ${rest}`, where.values);
  return { items, next: items.length < limit ? undefined : items.at(-1)?.goalId };
}

async function readClock(connection: Connection): Promise<number> {
  return (await connection.values(`SELECT ${clock}`))[0]?.[0] as number;
}

async function queueStats(connection: Connection, now: number, tenantId: TenantId | undefined): Promise<QueueStats> {
  const mine = '($1::text IS NULL OR tenant_id = $1)';
  const sql = `SELECT
    (SELECT count(*)::integer FROM ready_tasks WHERE ${mine}),
    (SELECT coalesce(sum(tasks_running), 0)::integer FROM goals
      WHERE state IN ('running', 'paused', 'failing', 'cancelling') AND ${mine}),
    (SELECT count(*)::integer FROM tasks WHERE wake_at IS NOT NULL AND state = 'sleeping' AND ${mine}),
    (SELECT count(*)::integer FROM approvals WHERE state = 'pending' AND ${mine}),
    (SELECT min(ready_at) FROM ready_tasks WHERE ${mine})`;
  const [ready, running, sleeping, blocked, oldest] = (await connection.values(sql, tenantId ?? null))[0] as readonly (
    | number
    | null
  )[];
  return {
    ready: ready ?? 0,
    running: running ?? 0,
    sleeping: sleeping ?? 0,
    blocked: blocked ?? 0,
    oldestReadyMs: Math.max(0, now - (oldest ?? now)),
  };
}
