import { makeId, type GoalId, type TenantId } from '@chorale/lib-ids';
import type { GoalStore, PlanDefinition, TaskDefinition } from '@chorale/module-goals';
import { applyPlanChanges } from '@chorale/module-goals';
import postgres, { type Sql } from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { leftOutPlanMax } from './left-out-tasks.ts';
import { openPostgresGoalStore } from './open-postgres-goal-store.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_left_out_${process.pid}`;
const tenantId = 'north' as TenantId;
const tool = (key: string, needs: readonly string[] = []): TaskDefinition => ({
  key,
  kind: 'tool',
  tool: 'noop',
  needs,
});
const chain: PlanDefinition = { workflow: 'test', inputs: {}, tasks: [tool('a'), tool('b', ['a']), tool('c', ['b'])] };
let sql: Sql;
let store: GoalStore;
/** A second process: it has kept nothing in memory. */
let other: GoalStore;

beforeEach(async () => {
  store = await openPostgresGoalStore({ url, schema });
  other = await openPostgresGoalStore({ url, schema });
  sql = postgres(url, { onnotice: () => undefined, connection: { search_path: schema } });
});
afterEach(async () => {
  await Promise.all([store.close(), other.close()]);
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

async function submit(definition: PlanDefinition): Promise<GoalId> {
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  const order = { tenantId, goalId, title: 't', definition, planHash: 'plan', inputs: {}, priority: 1 } as const;
  await store.execute({ command: 'submit-goal', ...order, requestedBy: 'ann' });
  return goalId;
}

async function rowsKept(): Promise<readonly string[]> {
  const rows = await sql<{ key: string }[]>`SELECT key FROM tasks ORDER BY no`;
  return rows.map(({ key }) => key);
}

async function states(goalId: GoalId, by = other): Promise<readonly string[]> {
  return (await by.listTasks(tenantId, goalId)).map(({ key, state }) => `${key} ${state}`);
}

async function work(by: GoalStore): Promise<string> {
  const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'w', labels: [], version: '1' };
  await by.execute({ command: 'register-worker', worker, leaseMs: 60_000 });
  const { tasks } = await by.execute({ command: 'claim-tasks', workerId, slots: 1 });
  const { goalId, no: taskNo, attempt, key } = tasks[0]!.task;
  const result = { outcome: 'succeeded', output: null } as const;
  await by.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result });
  return key;
}

test('[LO2] tasks that wait have no row and are read as if they had; two processes take turns at them', async () => {
  const goalId = await submit(chain);
  expect(await rowsKept()).toEqual(['a']);
  expect(await states(goalId)).toEqual(['a ready', 'b waiting', 'c waiting']);
  expect(await other.findTasks(tenantId, goalId, ['c', 'nobody'])).toMatchObject([
    { key: 'c', state: 'waiting', reason: 'needs', needsLeft: 1, priority: 1, attempt: 0, run: 1 },
  ]);
  expect([await work(other), await work(store), await work(other)]).toEqual(['a', 'b', 'c']);
  expect(await states(goalId)).toEqual(['a succeeded', 'b succeeded', 'c succeeded']);
  expect(await rowsKept()).toEqual(['a', 'b', 'c']);
});

test('[LO1] an edit writes what was left out, for the process that made it and for others', async () => {
  const goalId = await submit(chain);
  const changes = [{ change: 'add', task: tool('d', ['c']) }] as const;
  const planHash = 'changed';
  expect(applyPlanChanges(chain, changes).tasks).toHaveLength(4);
  const edit = { tenantId, goalId, by: 'ann', reason: 'more', changes, expectedPlanVersion: 1, planHash } as const;
  await store.execute({ command: 'edit-plan', ...edit });
  expect(await rowsKept()).toEqual(['a', 'b', 'c', 'd']);
  expect([await work(store), await work(store), await work(other), await work(store)]).toEqual(['a', 'b', 'c', 'd']);
  expect(await states(goalId)).toEqual(['a succeeded', 'b succeeded', 'c succeeded', 'd succeeded']);
});

test('[LO2] a cancelled goal has a row for each of its tasks', async () => {
  const goalId = await submit(chain);
  await other.execute({ command: 'cancel-goal', tenantId, goalId, by: 'ann', reason: 'enough' });
  expect(await rowsKept()).toEqual(['a', 'b', 'c']);
  expect(await states(goalId, store)).toEqual(['a cancelled', 'b cancelled', 'c cancelled']);
});

test('a plan too large to be made whole again has all its rows', async () => {
  const tasks = Array.from({ length: leftOutPlanMax + 1 }, (_, index) => tool(`t${index}`, index === 0 ? [] : ['t0']));
  const goalId = await submit({ workflow: 'test', inputs: {}, tasks });
  expect(await rowsKept()).toHaveLength(tasks.length);
  expect(await states(goalId)).toHaveLength(tasks.length);
});
