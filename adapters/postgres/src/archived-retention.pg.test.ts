// Goals that are in the archive go by their age as those do that are not.
import { makeId, type GoalId, type TenantId } from '@chorale/lib-ids';
import type { PlanDefinition } from '@chorale/module-goals';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_retention_${process.pid}`;
const sql = postgres(url, { max: 1, onnotice: () => undefined });
const tenantId = 'north' as TenantId;
const hash = `sha256:${'a'.repeat(64)}`;
const dayMs = 86_400_000;
let stores: PostgresStores;

beforeAll(async () => {
  stores = await openPostgresStores({ url, schema });
});
afterAll(async () => {
  await stores.close();
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

/** Ends at once: there is nothing to do. */
async function run(planHash: string, inputs: Readonly<Record<string, string>> = {}): Promise<GoalId> {
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  const definition = { workflow: planHash, inputs: {}, tasks: [] } as unknown as PlanDefinition;
  const goal = { tenantId, goalId, title: 't', definition, planHash, inputs, priority: 1, requestedBy: 'ann' } as const;
  await stores.goals.execute({ command: 'submit-goal', ...goal });
  return goalId;
}

test('[TR1, TR2, TR3, TR4] archived goals are listed, read for what they name, and taken away with their plans', async () => {
  const rows = stores.tenantRows;
  const archived = [await run('old plan', { repository: '/src/tool', kept: hash }), await run('shared plan')];
  const later = Date.now() + dayMs;
  expect((await stores.goals.execute({ command: 'archive-goals', endedBefore: later, limit: 10 })).archived).toBe(2);
  const left = await run('shared plan');
  expect(await rows.listEndedGoals(tenantId, { endedBefore: 1, limit: 10 })).toEqual([]);
  const found = await rows.listEndedGoals(tenantId, { endedBefore: later, limit: 10 });
  expect(found.map(({ goalId }) => goalId).toSorted()).toEqual([...archived, left].toSorted());
  expect(found.find(({ goalId }) => goalId === archived[0])).toMatchObject({
    depth: 0,
    requestedBy: 'ann',
    inputs: { repository: '/src/tool' },
  });
  expect((await rows.listHashes(tenantId, { createdBefore: later, limit: 10 })).hashes).toEqual([hash]);
  expect(await rows.dropUnusedPlans(tenantId)).toBe(0);
  const erased = await rows.eraseGoals(tenantId, { goalIds: archived, endedBefore: later });
  expect([...erased].toSorted()).toEqual(archived.toSorted());
  expect(await stores.goals.findGoal(tenantId, archived[0]!)).toBeUndefined();
  expect((await stores.goals.findGoal(tenantId, left))?.goalId).toBe(left);
  expect((await rows.listHashes(tenantId, { createdBefore: later, limit: 10 })).hashes).toEqual([]);
  expect(await rows.dropUnusedPlans(tenantId)).toBe(1);
  expect(await stores.goals.findDefinition(tenantId, 'old plan')).toBeUndefined();
  expect(await stores.goals.findDefinition(tenantId, 'shared plan')).toBeDefined();
  const ofGoals = (await rows.listTables()).ofTenants.filter(({ columns }) => columns.includes('goal_id'));
  for (const { name } of ofGoals) {
    const [row] = await sql.unsafe(`SELECT count(*)::int AS n FROM ${schema}.${name} WHERE goal_id = ANY($1)`, [
      archived,
    ]);
    expect([name, row?.['n']]).toEqual([name, 0]);
  }
});
