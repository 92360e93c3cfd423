// Ended goals, for retention: those in the tables that are worked on, and those in the archive.
import { fromErrorRecord } from '@chorale/lib-errors';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import {
  givenToGoals,
  keptBesideGoals,
  type EndedGoal,
  type EndedGoals,
  type StoreTables,
} from '@chorale/module-access';
import type { Sql } from 'postgres';
import { Connection, type Rows } from './connection.ts';
import { storeError } from './postgres-errors.ts';
import { reserve } from './reserve.ts';

// $1 the tenant, $2 the moment.
const all = `(SELECT goal_id, project_id, finished_at, depth, parent_goal_id, requested_by,
    inputs->>'project' AS project, inputs->>'repository' AS repository,
    (SELECT coalesce(sum(a.size_bytes), 0) FROM artifacts a WHERE a.tenant_id = $1 AND a.goal_id = goals.goal_id) AS bytes
  FROM goals WHERE tenant_id = $1 AND finished_at < $2
  UNION ALL SELECT goal_id, project_id, finished_at, (goal->>'depth')::integer, goal->>'parent_goal_id', goal->>'requested_by',
    (goal->>'inputs')::json->>'project', (goal->>'inputs')::json->>'repository', artifact_bytes
  FROM archived_goals WHERE tenant_id = $1 AND finished_at < $2) AS g`;
const mayGo = `NOT EXISTS (SELECT 1 FROM goals p WHERE p.tenant_id = $1 AND p.goal_id = g.parent_goal_id
    AND (p.finished_at IS NULL OR p.finished_at >= $2))
  AND NOT EXISTS (SELECT 1 FROM archived_goals p WHERE p.tenant_id = $1 AND p.goal_id = g.parent_goal_id AND p.finished_at >= $2)
  AND g.goal_id NOT IN (SELECT c.parent_goal_id FROM goals c
    WHERE c.tenant_id = $1 AND c.finished_at IS NULL AND c.parent_goal_id IS NOT NULL)`;

const listed = `SELECT goal_id, depth, parent_goal_id, project_id, requested_by, project, repository, bytes
  FROM ${all} WHERE ${mayGo} AND (depth, goal_id) > ($3::integer, $4::text COLLATE "C")
  ORDER BY depth, goal_id COLLATE "C" LIMIT $5::integer`;

const keys = 'SELECT k COLLATE "C" FROM json_array_elements_text($2::text::json) AS k';
const locks = ['goals', 'archived_goals'].map(
  (table) => `SELECT goal_id FROM ${table} WHERE tenant_id = $1 AND goal_id IN (${keys}) FOR UPDATE SKIP LOCKED`,
);
const going = `SELECT goal_id FROM ${all} WHERE ${mayGo}
  AND goal_id IN (SELECT k COLLATE "C" FROM json_array_elements_text($3::text::json) AS k)`;

const archivedVersions = `SELECT v->>'plan_hash' FROM archived_rows r CROSS JOIN LATERAL json_array_elements(r.rows) AS v
  WHERE r.tenant_id = $1 AND r.kind = 'plan_versions' AND v->>'plan_hash' IS NOT NULL`;
const archivedPlans = `SELECT goal->>'plan_hash' FROM archived_goals WHERE tenant_id = $1 UNION ${archivedVersions}`;
const plansInUse = `SELECT plan_hash FROM goals WHERE tenant_id = $1 UNION SELECT plan_hash FROM plan_versions WHERE tenant_id = $1
  UNION SELECT plan_hash FROM schedules WHERE tenant_id = $1`;
const unused = `SELECT plan_hash FROM definitions WHERE tenant_id = $1
  AND plan_hash NOT IN (${plansInUse}) AND plan_hash NOT IN (${archivedPlans})`;
// Who submits a goal writes its plan first: behind this lock each of them is either seen, or writes it anew.
const lockPlans = 'LOCK TABLE definitions IN SHARE ROW EXCLUSIVE MODE';
const dropPlans = `WITH gone AS (DELETE FROM definitions WHERE tenant_id = $1 AND plan_hash IN (${keys})
  AND plan_hash NOT IN (${plansInUse}) RETURNING 1) SELECT count(*) FROM gone`;

const createdBefore = `SELECT goal_id FROM (
    SELECT goal_id FROM goals WHERE tenant_id = $1 AND created_at < $2
    UNION ALL SELECT goal_id FROM archived_goals WHERE tenant_id = $1 AND (goal->>'created_at')::bigint < $2) AS g
  WHERE goal_id > $3::text COLLATE "C" ORDER BY goal_id COLLATE "C" LIMIT $4::integer`;

const named = (table: string): string => `SELECT DISTINCT m[1] FROM ${table} AS t
  CROSS JOIN LATERAL regexp_matches(t::text, 'sha256:[0-9a-f]{64}', 'g') AS m WHERE t.tenant_id = $1`;
const hashesIn = (table: string): string => `${named(table)} AND t.goal_id IN (${keys})`;
const hashesOfSchedules = named('schedules');

export interface EndedGoalPorts {
  readonly reader: Sql;
  readonly writer: Sql;
  listTables(): Promise<StoreTables>;
}

export function createEndedGoals({ reader, writer, listTables }: EndedGoalPorts): EndedGoals {
  const reads = new Connection(reader);
  const asked = async <T>(read: Promise<T>): Promise<T> =>
    read.catch((cause: unknown) => {
      throw fromErrorRecord(storeError(cause));
    });
  const tablesOfGoals = async (): Promise<readonly string[]> =>
    (await listTables()).ofTenants
      .filter(({ name, columns }) => columns.includes('goal_id') && !keptBesideGoals.includes(name))
      .map(({ name }) => name);
  return {
    async listEndedGoals(tenantId, { after, limit, endedBefore }) {
      const { depth = -1, goalId = '' } = after ?? {};
      const rows = reads.of(tenantId).values(listed, tenantId, endedBefore, depth, goalId, limit);
      return (await asked(rows)).map(readEndedGoal);
    },
    async eraseGoals(tenantId, { goalIds, endedBefore }) {
      const tables = await tablesOfGoals();
      return inTransaction(writer, tenantId, async (connection) => {
        const wanted = JSON.stringify(goalIds);
        const locked = [];
        for (const lock of locks) locked.push(...(await connection.values(lock, tenantId, wanted)));
        const ids = JSON.stringify(locked.map(([goalId]) => goalId));
        const found = (await connection.values(going, tenantId, endedBefore, ids)).map(([id]) => id as GoalId);
        const gone = JSON.stringify(found);
        for (const table of tables)
          await connection.values(`DELETE FROM ${table} WHERE tenant_id = $1 AND goal_id IN (${keys})`, tenantId, gone);
        return found;
      });
    },
    async dropUnusedPlans(tenantId) {
      const found = await asked(reads.of(tenantId).values(unused, tenantId));
      if (found.length === 0) return 0;
      const hashes = JSON.stringify(found.map(([hash]) => hash));
      return inTransaction(writer, tenantId, async (connection) => {
        await connection.values(lockPlans);
        return Number((await connection.values(dropPlans, tenantId, hashes))[0]?.[0]);
      });
    },
    async listHashes(tenantId, { after = '' as GoalId, limit, createdBefore: before, where }) {
      const connection = reads.of(tenantId);
      const rows = await asked(connection.values(createdBefore, tenantId, before, after, limit));
      const goalIds = rows.map(([id]) => id as GoalId);
      const hashes = new Set<string>();
      const note = (found: Rows): void => found.forEach(([hash]) => hashes.add(hash as string));
      for (const table of await tablesOfGoals())
        if (where === undefined || givenToGoals.includes(table))
          note(await asked(connection.values(hashesIn(table), tenantId, JSON.stringify(goalIds))));
      if (where === 'given' && after === '') note(await asked(connection.values(hashesOfSchedules, tenantId)));
      return { hashes: [...hashes], next: goalIds.length < limit ? undefined : goalIds.at(-1) };
    },
  };
}

function readEndedGoal(values: Rows[number]): EndedGoal {
  const [goalId, depth, parent, projectId, requestedBy, project, repository, bytes] = values;
  return {
    goalId: goalId as GoalId,
    depth: depth as number,
    parentGoalId: (parent ?? undefined) as GoalId | undefined,
    projectId: projectId as string,
    requestedBy: requestedBy as string,
    inputs: {
      ...(typeof project === 'string' ? { project } : {}),
      ...(typeof repository === 'string' ? { repository } : {}),
    },
    artifactBytes: Number(bytes),
  };
}

async function inTransaction<T>(
  writer: Sql,
  tenantId: TenantId,
  run: (connection: Connection) => Promise<T>,
): Promise<T> {
  const reserved = await reserve(writer);
  try {
    const connection = new Connection(reserved);
    await connection.begin([tenantId]);
    const result = await run(connection);
    await connection.values('COMMIT');
    return result;
  } catch (cause) {
    await reserved.unsafe('ROLLBACK').catch(() => undefined);
    throw fromErrorRecord(storeError(cause));
  } finally {
    reserved.release();
  }
}
