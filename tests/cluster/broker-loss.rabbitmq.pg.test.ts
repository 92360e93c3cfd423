// Losing the broker costs time, never work: two processes' worth of stores on one database, hints over a broker that is cut.

import { openPostgresStores, type HintCarrier, type PostgresStores } from '@chorale/adapter-postgres';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { Bus } from '@chorale/module-messaging';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openCutProxy, type CutProxy } from './cut-proxy.ts';
import { startWorker, type TestWorker } from './test-worker.ts';

const database = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const broker = process.env.CHORALE_TEST_RABBITMQ ?? 'amqp://guest:guest@127.0.0.1:5672';
const schema = `chorale_broker_${process.pid}`;
const tenantId = 'north' as TenantId;

interface Site {
  readonly stores: PostgresStores;
  readonly bus: Bus;
  /** How many hints the broker took. */
  readonly carried: () => number;
}

let proxy: CutProxy;
let here: Site;
let there: Site;
let worker: TestWorker;

beforeAll(async () => {
  proxy = await openCutProxy(broker);
});
afterAll(() => proxy.close());

beforeEach(async () => {
  proxy.mend();
  here = await openSite();
  there = await openSite();
  worker = await startWorker(there.stores.goals);
});
afterEach(async () => {
  await worker.stop();
  await Promise.all([here, there].map(({ bus }) => bus.close()));
  await Promise.all([here, there].map(({ stores }) => stores.close()));
  const sql = postgres(database, { max: 1, onnotice: () => undefined });
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

async function openSite(): Promise<Site> {
  const bus = await openRabbitBus({ url: proxy.url, prefix: schema, onError: () => undefined });
  let carried = 0;
  const carrier: HintCarrier = {
    async carry(text) {
      await bus.publish('-.-.-.commit', text);
      carried += 1;
    },
    onText: (listener) => bus.subscribe({ pattern: '-.-.-.commit', handle: ({ body }) => listener(body as string) }),
  };
  return { stores: await openPostgresStores({ url: database, schema, carrier }), bus, carried: () => carried };
}

function submit(): Promise<unknown> {
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  const tasks = ['a', 'b', 'c'].map((key, no) => ({
    key,
    kind: 'tool' as const,
    tool: 'noop',
    needs: no === 0 ? [] : ['a'],
  }));
  return here.stores.goals.execute({
    command: 'submit-goal',
    tenantId,
    goalId,
    title: 'a goal',
    definition: { workflow: 'test', inputs: {}, tasks },
    planHash: 'three-tasks',
    inputs: {},
    priority: 2,
    requestedBy: 'ann',
  });
}

async function countEnded(): Promise<number> {
  const { items } = await here.stores.goals.listGoals(tenantId, { states: ['succeeded'], limit: 1_000 });
  return items.length;
}

const patience = { timeout: 25_000, interval: 50 };

test('goals go on while the broker is cut again and again, and every task is done once', async () => {
  const total = 60;
  for (let no = 0; no < total; no++) {
    if (no % 20 === 10) proxy.cut();
    if (no % 20 === 0) proxy.mend();
    await submit();
  }
  await vi.waitFor(async () => expect(await countEnded()).toBe(total), patience);
  expect(worker.done).toHaveLength(3 * total);
  expect(new Set(worker.done).size).toBe(3 * total);
});

test('hints go over the broker, over the database while there is none, and over the broker again', async () => {
  await submit();
  await vi.waitFor(async () => expect(await countEnded()).toBe(1), patience);
  const before = here.carried();
  expect(before).toBeGreaterThan(0);
  proxy.cut();
  await vi.waitFor(() => expect([here.bus.isUp, there.bus.isUp]).toEqual([false, false]), patience);
  await submit();
  await vi.waitFor(async () => expect(await countEnded()).toBe(2), patience);
  expect(here.carried()).toBe(before);
  proxy.mend();
  await vi.waitFor(() => expect([here.bus.isUp, there.bus.isUp]).toEqual([true, true]), patience);
  await submit();
  await vi.waitFor(async () => expect(await countEnded()).toBe(3), patience);
  expect(here.carried()).toBeGreaterThan(before);
});

test('whoever subscribed before the broker went hears what is said when it is back', async () => {
  const heard: unknown[] = [];
  await there.bus.subscribe({ pattern: 'north.*.*.word', handle: ({ body }) => void heard.push(body) });
  await there.bus.serve('echo', (question) => question);
  proxy.cut();
  await vi.waitFor(() => expect(here.bus.isUp || there.bus.isUp).toBe(false), patience);
  await expect(here.bus.publish('north.-.-.word', 'lost')).rejects.toMatchObject({ code: 'bus-unavailable' });
  await expect(here.bus.request('echo', 1, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'bus-unavailable' });
  proxy.mend();
  // Said until it is heard: the connection is back before the subscription is.
  await vi.waitFor(async () => {
    await here.bus.publish('north.-.-.word', 'heard');
    expect(heard).toContain('heard');
    expect(await here.bus.request('echo', 'hello', { timeoutMs: 500 })).toBe('hello');
  }, patience);
  expect(heard).not.toContain('lost');
});
