import { expect, test } from 'vitest';
import { PrimaryFinder } from './find-primary.ts';
import type { ServerAddress } from './server-address.ts';

const a = { host: 'a', port: 1 };
const b = { host: 'b', port: 2 };

/** Timelines of those that take writes; those that are not named do not answer, and `undefined` only reads. */
function makeFinder(state: Map<ServerAddress, number | undefined>, searchMs = 1_000) {
  const asked: ServerAddress[] = [];
  const finder = new PrimaryFinder(
    [a, b],
    async (server) => {
      asked.push(server);
      if (!state.has(server)) throw new Error('refused');
      return state.get(server);
    },
    searchMs,
  );
  return { finder, asked };
}

test('all who look at once are answered by one look, and nobody asks again until there is a doubt', async () => {
  const { finder, asked } = makeFinder(
    new Map([
      [a, undefined],
      [b, 1],
    ]),
  );
  expect(await Promise.all([finder.find(), finder.find(), finder.find()])).toEqual([b, b, b]);
  expect(await finder.find()).toBe(b);
  expect(asked).toEqual([a, b]);
  finder.doubt(a);
  await finder.find();
  expect(asked).toHaveLength(2);
  finder.doubt(b);
  await finder.find();
  expect(asked).toHaveLength(4);
});

test('[FP1] an old primary that comes back is not taken, also where no other one takes writes', async () => {
  const state = new Map<ServerAddress, number | undefined>([[a, 1]]);
  const { finder } = makeFinder(state, 100);
  const moves: string[] = [];
  finder.onMoved(() => moves.push('moved'));
  expect(await finder.find()).toBe(a);
  state.delete(a);
  state.set(b, 2);
  finder.doubt(a);
  expect(await finder.find()).toBe(b);
  expect(moves).toEqual(['moved']);
  state.delete(b);
  state.set(a, 1);
  finder.doubt(b);
  await expect(finder.find()).rejects.toThrow(
    /a:1 is an old primary \(timeline 1, 2 was in use\); b:2 does not answer/,
  );
  state.set(b, 2);
  expect(await finder.find()).toBe(b);
});

test('[FP2] while none takes writes they are asked again, and whoever waits is told in time what was found', async () => {
  const state = new Map<ServerAddress, number | undefined>([[a, undefined]]);
  const { finder, asked } = makeFinder(state, 400);
  const begun = performance.now();
  await expect(finder.find()).rejects.toMatchObject({ code: 'CONNECTION_NO_PRIMARY' });
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(asked.length).toBeGreaterThan(4);
  setTimeout(() => state.set(b, 1), 100);
  expect(await finder.find()).toBe(b);
});
