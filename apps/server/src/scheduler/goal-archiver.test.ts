import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { temporary } from '@chorale/lib-errors';
import { defaultTenant, makeId } from '@chorale/lib-ids';
import type { GoalStore } from '@chorale/module-goals';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Beat } from '../process/beat.ts';
import { openLog } from '../process/log.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { archiveGoals } from './goal-archiver.ts';

const day = 86_400_000;
let clock: ManualClock;
let stores: SqliteStores;
let archiver: Beat;
let lines: string[];

beforeEach(async () => {
  clock = new ManualClock();
  lines = [];
  stores = await openSqliteStores({ path: ':memory:', now: clock.now });
});
afterEach(async () => {
  await archiver.stop();
  await stores.close();
});

test('[SC4] goals are archived a minute after their time, and no other', async () => {
  await submit(1);
  await begin();
  await clock.pass(7 * day - 1_000);
  await submit(1);
  expect(await archived()).toBe(0);
  await clock.pass(61_001);
  expect(await archived()).toBe(1);
  expect(lines.join('')).toContain('put into the archive');
});

test('[SC4] what ended long before the start is archived at once, however much it is', async () => {
  await submit(450);
  await clock.pass(8 * day);
  await begin();
  expect(await archived()).toBe(450);
});

test('[SC4] a store that does not answer is asked again', async () => {
  let away = true;
  await submit(1);
  await clock.pass(8 * day);
  await begin({
    ...stores.goals,
    execute: ((command: Parameters<GoalStore['execute']>[0]) =>
      away
        ? Promise.reject(temporary('store-away', 'away'))
        : stores.goals.execute(command)) as unknown as GoalStore['execute'],
  });
  expect(lines.join('')).toContain('cannot be put into the archive');
  away = false;
  await clock.pass(60_000);
  expect(await archived()).toBe(1);
});

test('[SC4] while a process of another version lives nothing is archived', async () => {
  await submit(1);
  await clock.pass(8 * day);
  const workerId = makeId<'worker'>('worker', clock.now(), Math.random);
  const worker = { workerId, name: 'old', labels: [], version: '0' };
  await stores.goals.execute({ command: 'register-worker', worker, leaseMs: day });
  await begin();
  await clock.pass(120_000);
  expect(await archived()).toBe(0);
  await stores.goals.execute({ command: 'retire-worker', workerId });
  await clock.pass(60_000);
  expect(await archived()).toBe(1);
});

test('[SV2] once drained it has ended and left no timer', async () => {
  await begin();
  await archiver.drain();
  expect(clock.waiting).toBe(0);
});

async function begin(store: Pick<GoalStore, 'execute' | 'listWorkers'> = stores.goals): Promise<void> {
  const log = openLog({ level: 'debug', format: 'text', now: clock.now, write: (line) => void lines.push(line) });
  archiver = archiveGoals({ store, version: '1' }, 7 * day, { clock, log });
  void archiver.run();
  await settled();
}

/** Goals without tasks, which have ended when they are submitted. */
async function submit(count: number): Promise<void> {
  for (let done = 0; done < count; done++)
    await stores.goals.execute({
      command: 'submit-goal',
      tenantId: defaultTenant,
      goalId: makeId<'goal'>('goal', clock.now(), Math.random),
      title: 'a goal',
      definition: { workflow: 'test', inputs: {}, tasks: [] },
      planHash: 'plan',
      inputs: {},
      priority: 2,
      requestedBy: 'ann',
    });
}

async function archived(): Promise<number> {
  await settled();
  return (await stores.goals.listGoals(defaultTenant, { limit: 1_000, archived: true })).items.length;
}
