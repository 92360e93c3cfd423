import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openLog } from '../process/log.ts';
import { ManualClock } from '../process/manual-clock.ts';
import { ProcessPresence } from './process-presence.ts';
import { leaseMs } from './worker-lease.ts';

let stores: SqliteStores;
let clock: ManualClock;
let presence: ProcessPresence;
const left: string[] = [];

const failOn = (line: string): never => {
  throw new Error(line);
};

beforeEach(async () => {
  clock = new ManualClock();
  stores = await openSqliteStores({ path: ':memory:', now: () => clock.now() });
  left.length = 0;
  const log = openLog({ level: 'error', format: 'text', now: clock.now, write: failOn });
  presence = new ProcessPresence({
    store: stores.goals,
    clock,
    random: Math.random,
    log,
    identity: {
      name: 'front',
      labels: [],
      version: '1',
      process: { roles: ['api'], address: 'http://x', slots: 0, pid: 7 },
    },
    traces: {
      leave: async (workerId) => void left.push(workerId),
      remove: async (workerId) => void left.splice(left.indexOf(workerId), 1),
    },
  });
});
afterEach(() => stores.close());

test('[W7] a process that runs no tasks is listed while it lives, with a lease that it keeps up', async () => {
  const running = presence.run();
  await vi.waitFor(async () => expect(await stores.goals.listWorkers()).toHaveLength(1));
  const [first] = await stores.goals.listWorkers();
  expect(first).toMatchObject({ name: 'front', process: { roles: ['api'], address: 'http://x' } });
  await vi.waitFor(async () => expect((await stores.goals.listWorkers())[0]).toMatchObject({ running: 0 }));
  for (let passed = 0; passed < 3 * leaseMs; passed += leaseMs / 3) {
    await clock.pass(leaseMs / 3);
    await vi.waitFor(async () => {
      const [row] = await stores.goals.listWorkers();
      expect(row?.leaseUntil).toBe(clock.now() + leaseMs);
    });
  }
  expect((await stores.goals.listWorkers())[0]?.workerId).toBe(first?.workerId);
  await presence.drain();
  await running;
  expect(await stores.goals.listWorkers()).toEqual([]);
  expect(left).toEqual([]);
});

test('[W7] whose lease ended is listed anew under another id', async () => {
  const running = presence.run();
  await vi.waitFor(async () => expect(await stores.goals.listWorkers()).toHaveLength(1));
  const { workerId } = (await stores.goals.listWorkers())[0]!;
  await stores.goals.execute({ command: 'retire-worker', workerId });
  await clock.pass(leaseMs / 3);
  await vi.waitFor(async () => {
    const [again] = await stores.goals.listWorkers();
    expect(again?.workerId).toBeDefined();
    expect(again?.workerId).not.toBe(workerId);
  });
  await presence.drain();
  await running;
});
