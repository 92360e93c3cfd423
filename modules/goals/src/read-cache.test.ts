import { expect, test } from 'vitest';
import { describeReadCache } from './read-cache.contract.ts';
import { layerReadCaches, openMemoryReadCache } from './read-cache.ts';

const entriesMax = 100;

function open(keptMs: number, layers: 1 | 2) {
  const clock = { now: 0 };
  const one = () => openMemoryReadCache({ keptMs: keptMs / layers, entriesMax, now: () => clock.now });
  const pass = async (ms: number): Promise<void> => void (clock.now += ms);
  const caches = [layers === 1 ? one() : layerReadCaches(one(), one())];
  return Promise.resolve({ caches, pass, close: async () => undefined });
}

describeReadCache('in memory', (keptMs) => open(keptMs, 1));
describeReadCache('in two layers', (keptMs) => open(keptMs, 2));

test('[RC5] no more than a bounded number is kept, those that were read last', async () => {
  const cache = openMemoryReadCache({ keptMs: 1_000, entriesMax, now: () => 0 });
  for (let no = 0; no < 1_000; no++) await cache.read(`goal ${no}`, async () => ({ no }));
  expect(cache.size).toBe(entriesMax);
  expect(await cache.read('goal 999', async () => ({ no: -1 }))).toEqual({ no: 999 });
  expect(await cache.read('goal 0', async () => ({ no: -1 }))).toEqual({ no: -1 });
});
