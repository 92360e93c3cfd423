// Losing Redis makes limits wider and sessions slower; it makes nothing wrong, and nobody waits for it.

import { openRedis, type Redis } from '@chorale/adapter-redis';
import type { TenantId } from '@chorale/lib-ids';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openCutProxy, type CutProxy } from './cut-proxy.ts';

const service = process.env.CHORALE_TEST_REDIS ?? 'redis://127.0.0.1:6379';
const rule = { burst: 2, perSecond: 0.01 };
const key = { tenantId: 'north' as TenantId, scope: { kind: 'user', id: 'ann' }, sessionId: 's' } as const;
const patience = { timeout: 20_000, interval: 50 };

let proxy: CutProxy;
let here: Redis;
let there: Redis;

beforeAll(async () => {
  proxy = await openCutProxy(service);
});
afterAll(() => proxy.close());
beforeEach(async () => {
  const options = { url: proxy.url, prefix: `chorale_loss_${process.pid}`, now: Date.now, onError: () => undefined };
  [here, there] = await Promise.all([openRedis(options), openRedis(options)]);
});
afterEach(async () => {
  await here.sessionStates.drop(key);
  await Promise.all([here.close(), there.close()]);
});

const take = async (redis: Redis, bucket: string): Promise<boolean> =>
  (await redis.rateLimiter.take(bucket, rule, Date.now())).allowed;

test('limits are shared, each process has its own while Redis is away, and they are shared again', async () => {
  const bucket = `b${process.pid}${Date.now()}`;
  expect([await take(here, bucket), await take(there, bucket), await take(here, bucket)]).toEqual([true, true, false]);
  proxy.cut();
  await vi.waitFor(() => expect(here.isUp || there.isUp).toBe(false), patience);
  const alone = [
    await take(here, bucket),
    await take(here, bucket),
    await take(here, bucket),
    await take(there, bucket),
  ];
  expect(alone).toEqual([true, true, false, true]);
  proxy.mend();
  await vi.waitFor(() => expect(here.isUp && there.isUp).toBe(true), patience);
  expect([await take(here, bucket), await take(there, bucket)]).toEqual([false, false]);
});

test('a session is refused while Redis is away, never made up, and is there again afterwards', async () => {
  const written = await here.sessionStates.put(key, { expectedVersion: 0, value: { step: 1 } });
  proxy.cut();
  await vi.waitFor(() => expect(there.isUp).toBe(false), patience);
  await expect(there.sessionStates.find(key)).rejects.toMatchObject({ code: 'cache-unavailable', family: 'temporary' });
  await expect(there.sessionStates.put(key, { expectedVersion: 1, value: 2 })).rejects.toMatchObject({
    code: 'cache-unavailable',
  });
  proxy.mend();
  await vi.waitFor(() => expect(here.isUp && there.isUp).toBe(true), patience);
  expect(await there.sessionStates.find(key)).toEqual(written);
});

test('rows are read as they are while Redis is away, and are shared again when it is back', async () => {
  const name = `goal ${process.pid} ${Date.now()}`;
  let row = { no: 1 };
  let loads = 0;
  const load = async () => {
    loads += 1;
    return row;
  };
  expect(await here.readCache.read(name, load)).toEqual({ no: 1 });
  expect(await there.readCache.read(name, load)).toEqual({ no: 1 });
  expect(loads).toBe(1);
  proxy.cut();
  await vi.waitFor(() => expect(here.isUp || there.isUp).toBe(false), patience);
  // Each process hears of the change from the rows, as it always does.
  row = { no: 2 };
  await Promise.all([here, there].map(({ readCache }) => readCache.forget([name])));
  expect(await here.readCache.read(name, load)).toEqual({ no: 2 });
  expect(await there.readCache.read(name, load)).toEqual({ no: 2 });
  proxy.mend();
  await vi.waitFor(() => expect(here.isUp && there.isUp).toBe(true), patience);
  row = { no: 3 };
  await Promise.all([here, there].map(({ readCache }) => readCache.forget([name])));
  const before = loads;
  expect(await here.readCache.read(name, load)).toEqual({ no: 3 });
  expect((await there.readCache.read(name, load))?.no).toBe(3);
  expect(loads).toBeLessThanOrEqual(before + 2);
});
