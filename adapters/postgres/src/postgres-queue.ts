// Finding what may be claimed, and the bookkeeping of fairness and limits around it.
import type { GoalId, TenantId } from '@chorale/lib-ids';
import {
  freshShares,
  needsOccupancy,
  shareKey,
  spendRates,
  type Claim,
  type EngineLimits,
  type Flow,
  type FlowRequest,
  type Occupancy,
  type WorkingSet,
} from '@chorale/module-goals';
import type { RateState } from '@chorale/module-scheduling';
import { together, type Connection, type Rows } from './connection.ts';
import type { LockedGoal } from './load-rows.ts';

/** Tenants and classes looked at in one claim; those beyond have their turn when some of these are done. */
const flowsMax = 1_000;

// Leaps along the index from one flow to the next, so that a long line costs no more than a short one.
const findFlows = `WITH RECURSIVE flows AS (
    SELECT f.* FROM json_array_elements_text($1::text::json) AS l(lane) CROSS JOIN LATERAL (
      SELECT lane, priority, tenant_id FROM ready_tasks
      WHERE lane = l.lane COLLATE "C" ORDER BY priority, tenant_id LIMIT 1) AS f
    UNION ALL
    SELECT n.* FROM flows f CROSS JOIN LATERAL (
      SELECT lane, priority, tenant_id FROM ready_tasks r
      WHERE r.lane = f.lane AND (r.priority, r.tenant_id) > (f.priority, f.tenant_id)
      ORDER BY priority, tenant_id LIMIT 1) AS n)
  SELECT lane, priority, tenant_id FROM flows LIMIT ${flowsMax}`;

export interface Line {
  readonly flows: readonly Flow[];
  readonly served: ReadonlyMap<string, number>;
}

/** A tenant in a lane. */
export type Share = Pick<Flow, 'tenantId' | 'lane'>;

/** Who waits in the lanes, and up to where each has been served. */
export async function readLine(connection: Connection, set: WorkingSet, lanes: readonly string[]): Promise<Line> {
  const fresh = shareParameter(freshShares(set));
  // Without locks: what other processes claim meanwhile shifts a share by one claim of theirs, and is added to it.
  const shares = `SELECT tenant_id, lane, served FROM shares WHERE lane IN (SELECT json_array_elements_text($1::text::json))
    AND tenant_id IN (SELECT tenant_id FROM ready_tasks WHERE lane = shares.lane
      UNION ALL SELECT r.t FROM ${shareList('$2')} WHERE r.l = shares.lane)`;
  const names = JSON.stringify(lanes);
  const [rows, served] = await connection.asScheduler(() =>
    together([connection.values(findFlows, names), connection.values(shares, names, fresh)]),
  );
  return {
    flows: rows.map(([lane, priority, tenantId]) => ({ lane, priority, tenantId }) as Flow),
    served: servedBy(served),
  };
}

export async function readShares(connection: Connection, shares: readonly Share[]): Promise<Map<string, number>> {
  if (shares.length === 0) return new Map();
  const sql = `SELECT tenant_id, lane, served FROM shares JOIN ${shareList('$1')} ON tenant_id = r.t AND lane = r.l`;
  return servedBy(await connection.values(sql, shareParameter(shares)));
}

function shareList(parameter: string): string {
  return `json_to_recordset(${parameter}::text::json) AS r(t text COLLATE "C", l text COLLATE "C")`;
}

function shareParameter(shares: readonly Share[]): string {
  return JSON.stringify(shares.map(({ tenantId, lane }) => ({ t: tenantId, l: lane })));
}

function servedBy(rows: Rows): Map<string, number> {
  return new Map(
    rows.map(([tenantId, lane, time]) => [
      shareKey({ tenantId: tenantId as TenantId, lane: lane as string }),
      time as number,
    ]),
  );
}

/** Every goal is in one of two halves, by its id: batches of different halves never wait for each other's goals. */
export type Half = 0 | 1;

export function halfOf(goalId: GoalId): Half {
  return (goalId.charCodeAt(goalId.length - 1) % 2) as Half;
}

export type ReadyTask = LockedGoal & { readonly no: number };

/** The first ready tasks of a flow whose goals nobody else has locked; they are locked now. */
export async function lockReadyTasks(
  connection: Connection,
  { lane, priority, tenantId, count }: FlowRequest,
  half: Half | undefined,
): Promise<readonly ReadyTask[]> {
  // The inner limit leaves room for goals that others have locked. It also keeps the planner, which knows nothing of a
  // fresh backlog, from looking goals up by their tenant alone.
  const ofHalf = half === undefined ? '' : `AND ascii(right(goal_id, 1)) % 2 = ${half}`;
  const sql = `SELECT g.tenant_id, g.goal_id, g.version, r.no
    FROM (SELECT tenant_id, goal_id, no FROM ready_tasks WHERE lane = $1 AND priority = $2 AND tenant_id = $3 ${ofHalf}
      ORDER BY goal_id, no LIMIT $4 * 2 + 100) AS r
    JOIN goals g ON g.tenant_id = r.tenant_id AND g.goal_id = r.goal_id LIMIT $4 FOR UPDATE OF g SKIP LOCKED`;
  const rows = await connection.values(sql, lane, priority, tenantId, count);
  return rows.map(([tenant, goalId, version, no]) => ({
    tenantId: tenant as TenantId,
    goalId: goalId as GoalId,
    version: version as number,
    no: no as number,
  }));
}

/**
 * Adds to the shares instead of setting them, so that claims of several processes count together. Not in the batch's
 * transaction: every claim of a tenant changes the same row, and batches would wait for each other's commits there. What
 * a crash of the server loses of it is one batch of claims, within which shares are never exact.
 */
export async function writeClaims(
  connection: Connection,
  claims: readonly Claim[],
  served: ReadonlyMap<string, number>,
): Promise<void> {
  const costs = claims.flatMap((claim) => claim.costs);
  if (costs.length === 0) return;
  const rows = JSON.stringify(
    costs.map(({ tenantId, lane, floor, cost }) => ({ t: tenantId, l: lane, f: floor, c: cost })),
  );
  const recordset = `(SELECT t, l, max(f) AS f, sum(c) AS c FROM json_to_recordset($1::text::json)
    AS r(t text COLLATE "C", l text COLLATE "C", f double precision, c double precision) GROUP BY t, l ORDER BY l, t) AS r`;
  const own = `INSERT INTO shares (tenant_id, lane, served) SELECT t, l, f FROM ${recordset} ON CONFLICT DO NOTHING`;
  const add = `UPDATE shares SET served = greatest(served, r.f) + r.c FROM ${recordset} WHERE tenant_id = r.t AND lane = r.l`;
  const lanes = `UPDATE lanes SET clock = greatest(clock, r.c) FROM (SELECT l, max(c) AS c
    FROM json_to_recordset($1::text::json) AS r(l text COLLATE "C", c double precision) GROUP BY l ORDER BY l) AS r WHERE lane = r.l`;
  const clocks = claims.flatMap((claim) => [...claim.clocks]).map(([lane, clock]) => ({ l: lane, c: clock }));
  await together([
    ...(costs.every((cost) => served.has(shareKey(cost))) ? [] : [connection.values(own, rows)]),
    connection.values(add, rows),
    connection.values(lanes, JSON.stringify(clocks)),
  ]);
}

/** Remembers lanes that this batch was the first to put tasks in. */
export function writeLanes(
  connection: Connection,
  set: WorkingSet,
  known: ReadonlyMap<string, number>,
): readonly Promise<Rows>[] {
  const lanes = new Set(set.readyTasks().flatMap(({ lane }) => (known.has(lane) ? [] : [lane])));
  if (lanes.size === 0) return [];
  const sql =
    'INSERT INTO lanes (lane, clock) SELECT json_array_elements_text($1::text::json), 0 ON CONFLICT DO NOTHING';
  return [connection.values(sql, JSON.stringify([...lanes].toSorted()))];
}

/** Counts what runs, while no other process can start anything under the same limits. */
export async function readOccupancy(connection: Connection, limits: EngineLimits): Promise<Occupancy | undefined> {
  if (!needsOccupancy(limits)) return undefined;
  const tenants = Object.keys(limits.tenantRunningMax ?? {}).map((tenantId) => `tenant:${tenantId}`);
  const scopes = JSON.stringify([...limits.lanes.map(({ scope }) => scope), ...tenants].toSorted());
  const own = `INSERT INTO rates (scope, tokens, at) SELECT json_array_elements_text($1::text::json), -1, 0 ON CONFLICT DO NOTHING`;
  const lock =
    'SELECT scope, tokens, at FROM rates WHERE scope IN (SELECT json_array_elements_text($1::text::json)) ORDER BY scope FOR UPDATE';
  const count = `SELECT t.lane, count(*)::integer FROM goals g JOIN tasks t ON t.tenant_id = g.tenant_id AND t.goal_id = g.goal_id
    WHERE g.state IN ('running', 'paused', 'failing', 'cancelling') AND g.tasks_running > 0 AND t.state = 'running' GROUP BY t.lane`;
  const ofTenants = `SELECT tenant_id, sum(tasks_running)::integer FROM goals
    WHERE state IN ('running', 'paused', 'failing', 'cancelling') AND tasks_running > 0 GROUP BY tenant_id`;
  const [, locked, counts, countsOfTenants] = await connection.asScheduler(() =>
    together([
      connection.values(own, scopes),
      connection.values(lock, scopes),
      connection.values(count),
      connection.values(ofTenants),
    ]),
  );
  const rates = new Map<string, RateState>();
  for (const [scope, tokens, at] of locked) {
    if ((at as number) > 0) rates.set(scope as string, { tokens: tokens as number, at: at as number });
  }
  const toMap = (rows: Rows): Map<string, number> => new Map(rows.map(([name, n]) => [name as string, n as number]));
  return { running: toMap(counts), runningOfTenants: toMap(countsOfTenants), rates };
}

export function writeRates(
  connection: Connection,
  set: WorkingSet,
  { occupancy, claim }: { readonly occupancy: Occupancy; readonly claim: Claim },
): readonly Promise<Rows>[] {
  const spent = [...spendRates(set, occupancy.rates, claim.tasks)];
  return spent.map(([scope, { tokens, at }]) =>
    connection.values('UPDATE rates SET tokens = $2, at = $3 WHERE scope = $1', scope, tokens, at),
  );
}

/** Moves tasks that waited too long up one class. */
export const ageTasks = `
  WITH RECURSIVE flows AS (
    SELECT f.* FROM lanes CROSS JOIN LATERAL (
      SELECT lane, priority, tenant_id FROM ready_tasks WHERE lane = lanes.lane ORDER BY priority, tenant_id LIMIT 1) AS f
    UNION ALL
    SELECT n.* FROM flows f CROSS JOIN LATERAL (
      SELECT lane, priority, tenant_id FROM ready_tasks r
      WHERE r.lane = f.lane AND (r.priority, r.tenant_id) > (f.priority, f.tenant_id) ORDER BY priority, tenant_id LIMIT 1) AS n),
  aged AS (
    UPDATE ready_tasks SET priority = ready_tasks.priority - 1, ready_at = $2
    FROM flows f CROSS JOIN LATERAL (
      SELECT tenant_id, goal_id, no, ready_at FROM ready_tasks
      WHERE lane = f.lane AND priority = f.priority AND tenant_id = f.tenant_id ORDER BY goal_id, no LIMIT 100) AS h
    WHERE f.priority > 0 AND h.ready_at < $1
      AND ready_tasks.tenant_id = h.tenant_id AND ready_tasks.goal_id = h.goal_id AND ready_tasks.no = h.no
    RETURNING ready_tasks.*)
  UPDATE tasks SET priority = aged.priority FROM aged
  WHERE tasks.tenant_id = aged.tenant_id AND tasks.goal_id = aged.goal_id AND tasks.no = aged.no`;
