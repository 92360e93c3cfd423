// Reads that nobody waits for any more.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { TenantId } from '@chorale/lib-ids';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
import { Pool, registerPool } from './pool.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_ended_${process.pid}`;
const options = { onnotice: () => undefined, connection: { search_path: schema } };
const by = postgres(url, { max: 1, ...options });
const north = 'north' as TenantId;
const asking = new AsyncLocalStorage<AbortSignal>();
const askedFor = (): AbortSignal | undefined => asking.getStore();
const slow = `SELECT pg_sleep(20)::text, '${schema}'`;
let stores: PostgresStores;

beforeAll(async () => {
  stores = await openPostgresStores({ url, schema, askedFor });
});
afterAll(async () => {
  await stores.close();
  await by`DROP SCHEMA ${by(schema)} CASCADE`;
  await by.end();
});

function openReads(): { readonly reads: Connection; readonly close: () => Promise<void> } {
  const sql = registerPool(postgres(url, { max: 1, ...options }), new Pool(0));
  return { reads: new Connection(sql, { askedFor, by }).of(north), close: () => sql.end() };
}

const atWork = async (): Promise<number> => {
  const [row] = await by`SELECT count(*)::integer AS n FROM pg_stat_activity
    WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE ${`%pg_sleep(20)::text, '${schema}'%`}`;
  return (row as unknown as { n: number }).n;
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let no = 0; no < 200 && !(await holds()); no++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await holds()).toBe(true);
}

test('a read at work is ended at the server, and what is behind it on its connection is answered', async () => {
  const { reads, close } = openReads();
  const ending = new AbortController();
  const read = asking.run(ending.signal, () => reads.values(slow));
  await until(async () => (await atWork()) === 1);
  const others = Array.from({ length: 20 }, (_, no) => reads.values('SELECT $1::integer', no));
  const begun = performance.now();
  ending.abort();
  await expect(read).rejects.toMatchObject({ code: 'time-over', family: 'temporary' });
  expect((await Promise.all(others)).map((rows) => rows[0]?.[0])).toEqual(others.map((_, no) => no));
  expect(performance.now() - begun).toBeLessThan(5_000);
  await until(async () => (await atWork()) === 0);
  await close();
});

test('a read that nobody waits for any more is not begun', async () => {
  const { reads, close } = openReads();
  await expect(asking.run(AbortSignal.abort(), () => reads.values(slow))).rejects.toMatchObject({ code: 'time-over' });
  expect(await atWork()).toBe(0);
  await close();
});

test('ending one read again and again fails no other', async () => {
  const { reads, close } = openReads();
  const outcomes: Promise<unknown>[] = [];
  for (let no = 0; no < 60; no++) {
    const ending = new AbortController();
    const short = asking.run(ending.signal, () => reads.values('SELECT pg_sleep(0.004)::text'));
    short.catch(() => undefined);
    outcomes.push(reads.values('SELECT pg_sleep(0.002)::text'));
    await new Promise((resolve) => setTimeout(resolve, 4));
    ending.abort();
  }
  const settled = await Promise.allSettled(outcomes);
  expect(settled.filter(({ status }) => status === 'rejected')).toEqual([]);
  await close();
});

test('the stores end their reads so, and others go on', async () => {
  await expect(
    asking.run(AbortSignal.abort(), () => stores.goals.listGoals(north, { limit: 1 })),
  ).rejects.toMatchObject({ code: 'time-over' });
  expect(await stores.goals.listGoals(north, { limit: 1 })).toMatchObject({ items: [] });
});
