// Reads that wait for the thread, and those that nobody waits for any more.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantId } from '@chorale/lib-ids';
import { afterEach, expect, test } from 'vitest';
import { openSqliteStores, type SqliteStores } from './open-sqlite-stores.ts';

const north = 'north' as TenantId;
let directory: string;
let stores: SqliteStores;
let signal: AbortSignal | undefined;
afterEach(async () => {
  await stores.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'chorale-client-'));
  stores = await openSqliteStores({ path: join(directory, 'chorale.db'), askedFor: () => signal });
}

test('[SE12] reads that wait are left out when nobody waits for them, and the others are answered in their turn', async () => {
  await open();
  const ending = new AbortController();
  const ended: string[] = [];
  const list = (name: string) => stores.goals.listGoals(north, { limit: 1 }).then(() => void ended.push(name));
  const before = Array.from({ length: 8 }, (_, no) => list(`before ${no}`));
  signal = ending.signal;
  const given = Array.from({ length: 50 }, (_, no) => list(`given up ${no}`));
  signal = undefined;
  const after = Array.from({ length: 50 }, (_, no) => list(`after ${no}`));
  ending.abort();
  const settled = await Promise.allSettled(given);
  expect(
    settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : one.status)),
  ).toEqual(given.map(() => 'time-over'));
  await Promise.all([...before, ...after]);
  expect(ended).toEqual([...before.map((_, no) => `before ${no}`), ...after.map((_, no) => `after ${no}`)]);
  signal = ending.signal;
  await expect(stores.goals.listGoals(north, { limit: 1 })).rejects.toMatchObject({ code: 'time-over' });
});

test('[SE12] what waits when the store is closed is answered first', async () => {
  await open();
  signal = undefined;
  const asked = Array.from({ length: 40 }, () => stores.goals.listGoals(north, { limit: 1 }));
  const closing = stores.close();
  expect((await Promise.all(asked)).length).toBe(40);
  await closing;
});
