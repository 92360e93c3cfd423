import { describeRateLimiter } from '@chorale/module-access/rate-limiter-contract';
import { describeReadCache } from '@chorale/module-goals/read-cache-contract';
import { describeSessionStates } from '@chorale/module-memory/session-state-contract';
import { createClient } from '@redis/client';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRedis } from './open-redis.ts';

const url = process.env.CHORALE_TEST_REDIS ?? 'redis://127.0.0.1:6379';
const client = createClient({ url });
let opened = 0;
const prefixOf = (no: number): string => `chorale_test_${process.pid}_${no}`;

beforeAll(() => client.connect());
afterAll(async () => {
  for await (const keys of client.scanIterator({ MATCH: `chorale_test_${process.pid}_*` }))
    if (keys.length > 0) await client.del(keys);
  client.destroy();
});

async function open(now: () => number, keptMs?: number): ReturnType<typeof openRedis> {
  const onError = (error: unknown): never => {
    throw error;
  };
  const redis = await openRedis({
    url,
    prefix: prefixOf(opened),
    now,
    onError,
    ...(keptMs === undefined ? {} : { keptMs }),
  });
  if (!redis.isUp) throw new Error(`no Redis answers at ${url}; install one: sudo apt-get install -y redis-server`);
  return redis;
}

describeRateLimiter(async () => {
  opened += 1;
  const redis = await open(Date.now);
  return { limiter: redis.rateLimiter, close: () => redis.close() };
});

describeSessionStates('Redis', async (clock) => {
  opened += 1;
  const processes = await Promise.all([open(() => clock.now), open(() => clock.now)]);
  return processes.map(({ sessionStates, close }) => ({ ...sessionStates, close }));
});

describeReadCache('in Redis', async (keptMs) => {
  opened += 1;
  const processes = await Promise.all([open(Date.now, keptMs), open(Date.now, keptMs)]);
  return {
    caches: processes.map(({ readCache }) => readCache),
    pass: (ms) => wait(ms),
    close: async () => void (await Promise.all(processes.map((each) => each.close()))),
  };
});

test('[RC3] without a server rows are read each time it is needed, and what is forgotten is read again', async () => {
  // Nobody listens on port 1.
  const away = await openRedis({ url: 'redis://127.0.0.1:1', now: Date.now, onError: () => undefined });
  let loads = 0;
  const load = async () => ({ no: ++loads });
  expect(await away.readCache.read('goal a', load)).toEqual({ no: 1 });
  await away.readCache.forget(['goal a']);
  expect(await away.readCache.read('goal a', load)).toEqual({ no: 2 });
  await away.close();
});
