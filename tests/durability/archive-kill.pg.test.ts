// Goals that are being put into the archive are lost and doubled by nothing, whoever is killed meanwhile: who does it, or the server's
// process that does it for them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { makeId, type GoalId, type TenantId } from '@chorale/lib-ids';
import type { GoalStore, TaskDefinition } from '@chorale/module-goals';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StoreProcess } from './store-process.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_archive_killed_${process.pid}`;
const tenants = ['north', 'south'] as TenantId[];
const goalsOfTenant = 300;
const tasksOfGoal = 20;
const kills = 6;

const folder = mkdtempSync(join(tmpdir(), 'chorale-archive-killed-'));
const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
let store: GoalStore;
let goals: readonly { readonly tenantId: TenantId; readonly goalId: GoalId }[];

beforeAll(async () => {
  store = await openPostgresGoalStore({ url, schema });
  goals = await endGoals();
}, 60_000);
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

async function endGoals() {
  const task = (no: number): TaskDefinition => ({ key: `t${no}`, kind: 'tool', tool: 'noop', needs: [] });
  const definition = { workflow: 'test', inputs: {}, tasks: Array.from({ length: tasksOfGoal }, (_, no) => task(no)) };
  const made = tenants.flatMap((tenantId) =>
    Array.from({ length: goalsOfTenant }, () => ({
      tenantId,
      goalId: makeId<'goal'>('goal', Date.now(), Math.random),
    })),
  );
  const about = { title: '', definition, planHash: 'p', inputs: {}, priority: 2, requestedBy: 'ann' } as const;
  await Promise.all(made.map((goal) => store.execute({ command: 'submit-goal', ...goal, ...about })));
  const cancel = { command: 'cancel-goal', by: 'ann', reason: '' } as const;
  await Promise.all(made.map((goal) => store.execute({ ...cancel, ...goal })));
  return made;
}

/** Goals of which something is missing or twice, by what is. */
async function findTorn(): Promise<readonly string[]> {
  const torn: string[] = [];
  const rows = await sql<{ goal_id: string; places: number }[]>`SELECT goal_id, count(*)::int AS places
    FROM (SELECT goal_id FROM goals UNION ALL SELECT goal_id FROM archived_goals) AS g GROUP BY goal_id`;
  if (rows.length !== goals.length) torn.push(`${rows.length} goals of ${goals.length}`);
  for (const { goal_id, places } of rows) if (places !== 1) torn.push(`${goal_id} is in ${places} places`);
  const left = await sql`SELECT goal_id FROM tasks WHERE goal_id NOT IN (SELECT goal_id FROM goals)
    UNION SELECT goal_id FROM event_pages WHERE goal_id NOT IN (SELECT goal_id FROM goals)
    UNION SELECT goal_id FROM archived_rows WHERE goal_id NOT IN (SELECT goal_id FROM archived_goals)`;
  torn.push(...left.map(({ goal_id }) => `${goal_id} has rows without it`));
  for (const { tenantId, goalId } of goals) {
    const [tasks, events, plans] = await Promise.all([
      store.listTasks(tenantId, goalId),
      store.listEvents(tenantId, goalId, { afterSeq: 0, limit: 1_000 }),
      store.listPlanVersions(tenantId, goalId),
    ]);
    const numbered = events.every(({ seq }, index) => seq === index + 1);
    if (tasks.length !== tasksOfGoal || events.at(-1)?.type !== 'goal-finished' || !numbered || plans.length !== 1)
      torn.push(`${goalId}: ${tasks.length} tasks, ${events.length} events, ${plans.length} plans`);
  }
  return torn;
}

/** The server's process that has written to the archive and has not committed. */
async function findWriter(): Promise<number> {
  for (;;) {
    const [row] = await sql<{ pid: number }[]>`SELECT l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
      WHERE c.relname = 'archived_goals' AND c.relnamespace = ${schema}::regnamespace AND l.mode = 'RowExclusiveLock' AND l.granted`;
    if (row !== undefined) return row.pid;
    await sleep(1);
  }
}

test('[GS8] a goal that is put into the archive is whole in one place, whoever is killed in between', async () => {
  const log = join(folder, 'log');
  for (let count = 0; count < kills; count++) {
    const archiver = new StoreProcess({
      program: new URL('./busy-archiver.ts', import.meta.url),
      database: `${url}#${schema}`,
      log,
    });
    try {
      const pid = await findWriter();
      if (count % 2 === 0) await sql`SELECT pg_terminate_backend(${pid})`;
    } finally {
      await archiver.kill();
    }
    expect(await findTorn()).toEqual([]);
  }
  // What was not done, the next one does.
  const order = { command: 'archive-goals', endedBefore: Date.now(), limit: 1_000 } as const;
  let rest = 0;
  for (let archived = 1; archived > 0; rest += archived) ({ archived } = await store.execute(order));
  expect(rest).toBeGreaterThan(0);
  expect(await sql`SELECT goal_id FROM goals`).toHaveLength(0);
  expect(await findTorn()).toEqual([]);
}, 120_000);
