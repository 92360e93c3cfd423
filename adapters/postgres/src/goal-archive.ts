// Moves goals that ended long ago, with all their rows, out of the tables that the engine works on.
//
// Owns:       which goals go together, and the transaction in which they go.
// Does not own: when that is done (the scheduler's), or reading them afterwards (archived-rows.ts).
// Invariants: GA1 a goal goes whole or not at all: its rows are added and deleted in one transaction, of one tenant.
//             GA2 it goes under the lock that every command on it takes, and only while it is ended: whoever waited for that
//                 lock finds it in the archive.
//             GA3 any number of processes may do this at once: what one has locked the others leave to it.
import { fromErrorRecord } from '@chorale/lib-errors';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { ArchiveGoals, Replies } from '@chorale/module-goals';
import type { Sql } from 'postgres';
import { besideRows, packedGoal } from './archived-rows.ts';
import { Connection, together } from './connection.ts';
import { allAttempts, allSteps } from './folded-attempts.ts';
import type { RowShape } from './row-shape.ts';
import {
  approvalShape,
  artifactShape,
  attemptShape,
  eventPageShape,
  planVersionShape,
  stepShape,
  taskShape,
} from './row-shapes.ts';
import { storeError } from './postgres-errors.ts';
import { reserve } from './reserve.ts';

/** A transaction stays small enough to be over in about a second, however large the goals are. */
const tasksAtOnce = 5_000;
/** Of a document, before it is compressed; one row alone may be longer. */
const documentBytes = 1_000_000;

const ended = `SELECT tenant_id, goal_id, tasks_total FROM goals
  WHERE finished_at IS NOT NULL AND finished_at < $1 ORDER BY finished_at LIMIT $2`;

const keys = 'json_array_elements_text($2::text::json) AS k(g)';
const lock = `SELECT goal_id FROM goals JOIN ${keys} ON goal_id = k.g COLLATE "C"
  WHERE tenant_id = $1 AND finished_at IS NOT NULL AND finished_at < $3 FOR UPDATE OF goals SKIP LOCKED`;

const addGoals = `INSERT INTO archived_goals
    (tenant_id, goal_id, project_id, idempotency_key, finished_at, archived_at, artifact_bytes, goal)
  SELECT goals.tenant_id, goals.goal_id, project_id, idempotency_key, finished_at, $3::bigint,
    (SELECT coalesce(sum(size_bytes), 0) FROM artifacts a WHERE a.tenant_id = $1 AND a.goal_id = goals.goal_id), ${packedGoal}
  FROM goals JOIN ${keys} ON goals.goal_id = k.g COLLATE "C" WHERE goals.tenant_id = $1`;
const addApprovals = `INSERT INTO archived_approvals (tenant_id, approval_id, goal_id) SELECT tenant_id, approval_id, goal_id
  FROM approvals JOIN ${keys} ON goal_id = k.g COLLATE "C" WHERE tenant_id = $1`;

interface Filing {
  /** Column by which the documents are found. */
  readonly no: string;
  /** How the rows are read. */
  readonly order: string;
  /** Where the rows are when they are not only in their table. */
  readonly source?: string;
}

function addRows<Row extends object>(shape: RowShape<Row>, { no, order, source = shape.table }: Filing): string {
  return `INSERT INTO archived_rows (tenant_id, goal_id, kind, part, first_no, last_no, rows)
    SELECT $1, goal_id, '${shape.table}', part, min(no), max(no), json_agg(doc ORDER BY place) FROM (
      SELECT goal_id, no, place, doc, ((sum(length(doc::text)) OVER (PARTITION BY goal_id ORDER BY place) - length(doc::text))
        / ${documentBytes})::integer AS part FROM (
        SELECT goal_id, ${no} AS no, row_number() OVER (PARTITION BY goal_id ORDER BY ${order}) AS place,
          ${shape.packed(shape.namesBut(...besideRows))} AS doc
        FROM ${keys} JOIN ${source} ON goal_id = k.g COLLATE "C" WHERE tenant_id = $1) AS packed) AS placed
    GROUP BY goal_id, part`;
}

const moves: readonly string[] = [
  addApprovals,
  addRows(taskShape, { no: 'no', order: 'no' }),
  addRows(planVersionShape, { no: 'version', order: 'version' }),
  addRows(attemptShape, { no: 'task_no', order: 'task_no, attempt', source: allAttempts }),
  addRows(stepShape, { no: 'task_no', order: 'task_no, run, step_no', source: allSteps }),
  addRows(eventPageShape, { no: 'seq', order: 'seq' }),
  addRows(approvalShape, { no: 'task_no', order: 'approval_id' }),
  addRows(artifactShape, { no: 'task_no', order: 'task_no, attempt, name' }),
  ...['tasks', 'plan_versions', 'attempts', 'steps', 'event_pages', 'approvals', 'artifacts', 'goals'].map(
    (table) => `DELETE FROM ${table} USING ${keys} WHERE tenant_id = $1 AND goal_id = k.g COLLATE "C"`,
  ),
];

export interface ArchiveConnections {
  /** Sees all tenants: to find whose goals ended long ago. */
  readonly scheduler: Sql;
  /** Sees the tenants that are named; goes by keys only. */
  readonly mover: Sql;
}

export class GoalArchive {
  readonly #scheduler: Connection;
  readonly #mover: Sql;
  /** Instead of the server's clock. */
  readonly #now: (() => number) | undefined;

  constructor({ scheduler, mover }: ArchiveConnections, now?: () => number) {
    this.#scheduler = new Connection(scheduler);
    this.#mover = mover;
    this.#now = now;
  }

  async execute(command: ArchiveGoals): Promise<Replies['archive-goals']> {
    try {
      return { archived: await this.#run(command) };
    } catch (cause) {
      throw fromErrorRecord(storeError(cause));
    }
  }

  /** Moves the goals that ended first; of as many tenants as they are of. Says how many it moved. */
  async #run({ endedBefore, limit }: ArchiveGoals): Promise<number> {
    const found = await this.#scheduler.values(ended, endedBefore, limit);
    const ofTenants = new Map<TenantId, GoalId[]>();
    let tasks = 0;
    for (const [tenantId, goalId, total] of found as readonly (readonly [TenantId, GoalId, number])[]) {
      if (tasks > 0 && tasks + total > tasksAtOnce) break;
      tasks += total;
      const ids = ofTenants.get(tenantId);
      if (ids === undefined) ofTenants.set(tenantId, [goalId]);
      else ids.push(goalId);
    }
    let moved = 0;
    for (const [tenantId, goalIds] of ofTenants) moved += await this.#move(tenantId, goalIds, endedBefore);
    return moved;
  }

  async #move(tenantId: TenantId, goalIds: readonly GoalId[], endedBefore: number): Promise<number> {
    const reserved = await reserve(this.#mover);
    try {
      const connection = new Connection(reserved);
      const begun = connection.begin([tenantId]);
      const clock = connection.values('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint');
      const locking = connection.values(lock, tenantId, JSON.stringify(goalIds), endedBefore);
      const [, time, locked] = await together([begun, clock, locking]);
      const ids = JSON.stringify(locked.map(([goalId]) => goalId));
      const now = this.#now?.() ?? (time[0]?.[0] as number);
      await together([
        connection.values(addGoals, tenantId, ids, now),
        ...moves.map((sql) => connection.values(sql, tenantId, ids)),
        connection.values('COMMIT'),
      ]);
      return locked.length;
    } catch (cause) {
      await reserved.unsafe('ROLLBACK').catch(() => undefined);
      throw cause;
    } finally {
      reserved.release();
    }
  }
}
