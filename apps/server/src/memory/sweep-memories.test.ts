import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { defaultTenant, makeId } from '@chorale/lib-ids';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Beat } from '../process/beat.ts';
import { openLog } from '../process/log.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { sweepMemories } from './sweep-memories.ts';

let clock: ManualClock;
let stores: SqliteStores;
let sweeper: Beat;
let lines: string[];

beforeEach(async () => {
  clock = new ManualClock();
  lines = [];
  stores = await openSqliteStores({ path: ':memory:', now: clock.now });
  const log = openLog({ level: 'debug', format: 'text', now: clock.now, write: (line) => void lines.push(line) });
  sweeper = sweepMemories(stores.memory, { clock, log });
});
afterEach(async () => {
  await sweeper.stop();
  await stores.close();
});

test('[ME8] what expires is deleted at the next beat, more than one batch of it', async () => {
  const expiresAt = clock.now() + 1_000;
  for (let index = 0; index < 250; index++) await remember(`a passing cloud, number ${index}`, { expiresAt });
  await remember('a rock', {});
  void sweeper.run();
  await settled();
  expect(await stores.memory.countMemories(defaultTenant)).toMatchObject({ active: 251 });
  await clock.pass(600_000);
  expect(await stores.memory.countMemories(defaultTenant)).toMatchObject({ active: 1 });
  expect(lines.join('')).toContain('250');
});

async function remember(body: string, more: { readonly expiresAt?: number }): Promise<void> {
  const memoryId = makeId<'memory'>('memory', clock.now(), Math.random);
  const memory = { memoryId, scope: { kind: 'user', id: 'ann' }, kind: 'semantic', body, recordedBy: 'ann' } as const;
  await stores.memory.execute({ command: 'remember', tenantId: defaultTenant, memory: { ...memory, ...more } });
}
