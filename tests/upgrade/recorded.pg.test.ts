// Goals that an older version left in the middle of their work end under this one. The recordings are made by record.ts.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { makeId } from '@chorale/lib-ids';
import type { GoalStore } from '@chorale/module-goals';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endAll, tenantId } from './in-flight.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_upgraded_${process.pid}`;
/** Each batch waits for the disk. */
const withinMs = 120_000;
const recorded = join(import.meta.dirname, 'recorded');
const recordings = (kind: string): readonly string[] => readdirSync(recorded).filter((name) => name.startsWith(kind));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chorale-upgrade-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql`DROP SCHEMA IF EXISTS ${sql(schema)} CASCADE`;
  await sql.end();
});

/** What was done before the upgrade: each task that had succeeded, with its attempt. */
async function doneSoFar(store: GoalStore): Promise<ReadonlyMap<string, number>> {
  const { items } = await store.listGoals(tenantId, { limit: 100 });
  const tasks = await Promise.all(items.map(({ goalId }) => store.listTasks(tenantId, goalId)));
  const done = tasks.flat().filter(({ state }) => state === 'succeeded');
  return new Map(done.map(({ goalId, no, attempt }) => [`${goalId} ${no}`, attempt]));
}

interface Outcome {
  readonly states: readonly string[];
  /** Tasks that had succeeded before and have another attempt now. */
  readonly repeated: readonly string[];
  /** Taken in under the old version, known under this one by its idempotency key. */
  readonly isKnown: boolean;
  readonly before: number;
  readonly after: number;
}

async function end(store: GoalStore): Promise<Outcome> {
  const before = await doneSoFar(store);
  const goals = await endAll(store);
  const after = await doneSoFar(store);
  const again = await store.execute({
    command: 'submit-goal',
    tenantId,
    goalId: makeId<'goal'>('goal', Date.now(), Math.random),
    title: 'chain',
    definition: { workflow: 'chain', inputs: {}, tasks: [] },
    planHash: 'plan-chain',
    inputs: {},
    idempotencyKey: 'chain',
    priority: 2,
    requestedBy: 'ann',
  });
  return {
    states: [...goals.values()].map(({ state }) => state),
    repeated: [...before].filter(([task, attempt]) => after.get(task) !== attempt).map(([task]) => task),
    isKnown: again.goal.goalId === goals.get('chain')?.goalId,
    before: before.size,
    after: after.size,
  };
}

// Of a hundred tasks that stand beside each other thirty were done, and a few of each other goal.
const allEnd = {
  states: Array.from({ length: 8 }, () => 'succeeded'),
  repeated: [],
  isKnown: true,
  before: 37,
  after: 120,
};

test.each(recordings('sqlite'))(
  '[UP1] goals in flight in %s end under this version, and nothing that ended is run again',
  async (name) => {
    const path = join(folder, 'chorale.db');
    const database = new DatabaseSync(path);
    database.exec(readFileSync(join(recorded, name), 'utf8'));
    database.close();
    const store = await openSqliteGoalStore({ path, thread: false });
    expect(await end(store)).toEqual(allEnd);
    await store.close();
  },
  withinMs,
);

test.each(recordings('postgres'))(
  '[UP1] goals in flight in %s end under this version, and nothing that ended is run again',
  async (name) => {
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    await sql.unsafe(`DO $$ BEGIN CREATE ROLE chorale_tenant; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    DO $$ BEGIN CREATE ROLE chorale_scheduler; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
    await sql.unsafe(readFileSync(join(recorded, name), 'utf8').replaceAll('chorale_recorded', schema));
    await sql.end();
    const store = await openPostgresGoalStore({ url, schema });
    expect(await end(store)).toEqual(allEnd);
    await store.close();
  },
  withinMs,
);

test('[UP2] a newer schema is worked with where it says that this program may, and refused where it does not', async () => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await (await openPostgresGoalStore({ url, schema })).close();
    const table = sql(`${schema}.schema_version`);
    const [now] = await sql<{ version: number; least: number }[]>`
      SELECT version, program_min AS least FROM ${table} ORDER BY version DESC LIMIT 1`;
    expect(now?.least).toBeLessThanOrEqual(now?.version ?? 0);
    await sql`INSERT INTO ${table} (version, program_min) VALUES (${now!.version + 1}, ${now!.version})`;
    await (await openPostgresGoalStore({ url, schema })).close();
    await sql`INSERT INTO ${table} (version, program_min) VALUES (${now!.version + 2}, ${now!.version + 1})`;
    await expect(openPostgresGoalStore({ url, schema })).rejects.toMatchObject({ code: 'schema-too-new' });
  } finally {
    await sql.end();
  }
});
