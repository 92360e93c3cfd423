// Ended goals, for retention. Archived ones are marked in the same tables.
import type { GoalId, TenantId } from '@chorale/lib-ids';
import {
  givenToGoals,
  keptBesideGoals,
  type EndedGoal,
  type EndedGoals,
  type StoreTables,
} from '@chorale/module-access';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { Statements } from './statements.ts';

// ?1 the tenant, ?2 the moment.
const mayGo = `g.tenant_id = ?1 AND g.finished_at < ?2
  AND NOT EXISTS (SELECT 1 FROM goals p WHERE p.tenant_id = ?1 AND p.goal_id = g.parent_goal_id
    AND (p.finished_at IS NULL OR p.finished_at >= ?2))
  AND g.goal_id NOT IN (SELECT c.parent_goal_id FROM goals c
    WHERE c.tenant_id = ?1 AND c.finished_at IS NULL AND c.parent_goal_id IS NOT NULL)`;

const listed = `SELECT g.goal_id, g.depth, g.parent_goal_id, g.project_id, g.requested_by,
    json_extract(g.inputs, '$.project'), json_extract(g.inputs, '$.repository'),
    (SELECT coalesce(sum(a.size_bytes), 0) FROM artifacts a WHERE a.tenant_id = ?1 AND a.goal_id = g.goal_id)
  FROM goals g WHERE ${mayGo} AND (g.depth, g.goal_id) > (?3, ?4) ORDER BY g.depth, g.goal_id LIMIT ?5`;

type Given<Method extends keyof EndedGoals> = Parameters<EndedGoals[Method]>[1];

export function listEndedGoals(
  statements: Statements,
  tenantId: TenantId,
  { after, limit, endedBefore }: Given<'listEndedGoals'>,
): readonly EndedGoal[] {
  const { depth = -1, goalId = '' } = after ?? {};
  return statements.values(listed, tenantId, endedBefore, depth, goalId, limit).map(readEndedGoal);
}

const textOr = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function readEndedGoal(values: readonly unknown[]): EndedGoal {
  const [goalId, depth, parent, projectId, requestedBy, project, repository, bytes] = values;
  const [about, where] = [textOr(project), textOr(repository)];
  return {
    goalId: goalId as GoalId,
    depth: depth as number,
    parentGoalId: (parent ?? undefined) as GoalId | undefined,
    projectId: projectId as string,
    requestedBy: requestedBy as string,
    inputs: {
      ...(about === undefined ? {} : { project: about }),
      ...(where === undefined ? {} : { repository: where }),
    },
    artifactBytes: bytes as number,
  };
}

/** In a transaction. */
export function eraseGoals(
  { statements }: Pick<SqliteDatabase, 'statements'>,
  tables: StoreTables,
  { tenantId, goalIds, endedBefore }: Given<'eraseGoals'> & { readonly tenantId: TenantId },
): readonly GoalId[] {
  const going = `SELECT g.goal_id FROM goals g WHERE ${mayGo} AND g.goal_id IN (SELECT value FROM json_each(?3))`;
  const found = statements.values(going, tenantId, endedBefore, JSON.stringify(goalIds)).map(([id]) => id as GoalId);
  const keys = JSON.stringify(found);
  for (const { name } of tablesOfGoals(tables))
    statements.run(
      `DELETE FROM ${name} WHERE tenant_id = ? AND goal_id IN (SELECT value FROM json_each(?))`,
      tenantId,
      keys,
    );
  return found;
}

function tablesOfGoals({ ofTenants }: StoreTables): StoreTables['ofTenants'] {
  return ofTenants.filter(({ name, columns }) => columns.includes('goal_id') && !keptBesideGoals.includes(name));
}

const unusedPlans = `DELETE FROM definitions WHERE tenant_id = ?1 AND plan_hash NOT IN (
  SELECT plan_hash FROM goals WHERE tenant_id = ?1 UNION SELECT plan_hash FROM plan_versions WHERE tenant_id = ?1
  UNION SELECT plan_hash FROM schedules WHERE tenant_id = ?1)`;

/** In a transaction. */
export function dropUnusedPlans({ statements }: Pick<SqliteDatabase, 'statements'>, tenantId: TenantId): number {
  statements.run(unusedPlans, tenantId);
  return statements.value('SELECT changes()') as number;
}

const createdBefore =
  'SELECT goal_id FROM goals WHERE tenant_id = ? AND created_at < ? AND goal_id > ? ORDER BY goal_id LIMIT ?';
const hashForm = /sha256:[0-9a-f]{64}/g;

export function listHashes(
  statements: Statements,
  tables: StoreTables,
  { tenantId, after = '' as GoalId, limit, createdBefore: before, where }: Given<'listHashes'> & { tenantId: TenantId },
): Awaited<ReturnType<EndedGoals['listHashes']>> {
  const goalIds = statements.values(createdBefore, tenantId, before, after, limit).map(([id]) => id as GoalId);
  const hashes = new Set<string>();
  const note = (rows: readonly (readonly unknown[])[]): void => {
    for (const row of rows)
      for (const value of row) for (const [hash] of textOr(value)?.matchAll(hashForm) ?? []) hashes.add(hash);
  };
  for (const { name, columns } of tablesOfGoals(tables)) {
    if (where === 'given' && !givenToGoals.includes(name)) continue;
    const sql = `SELECT ${columns.join(', ')} FROM ${name}
      WHERE tenant_id = ? AND goal_id IN (SELECT value FROM json_each(?))`;
    note(statements.values(sql, tenantId, JSON.stringify(goalIds)));
  }
  if (where === 'given' && after === '')
    note(statements.values('SELECT inputs FROM schedules WHERE tenant_id = ?', tenantId));
  return { hashes: [...hashes], next: goalIds.length < limit ? undefined : goalIds.at(-1) };
}
