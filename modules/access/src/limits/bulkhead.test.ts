import { expect, test } from 'vitest';
import { Bulkhead } from './bulkhead.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';

function open() {
  const clock = { now: 0 };
  const timers: { readonly at: number; readonly callback: () => void }[] = [];
  const schedule = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { at: clock.now + delayMs, callback };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), 1);
  };
  const advance = (ms: number): void => {
    clock.now += ms;
    for (const { callback } of timers.filter(({ at }) => at <= clock.now)) callback();
  };
  const bulkhead = new Bulkhead({
    atOnce: 2,
    waiting: 2,
    waitMs: 100,
    breaker: createCircuitBreaker({ failuresMax: 3, openMs: 500, now: () => clock.now }),
    schedule,
    refuse: (why, retryAfterMs) => new Error(`${why} ${retryAfterMs}`),
    isAway: (error) => error instanceof Error && error.message === 'away!',
  });
  return { bulkhead, advance };
}

const fail = (message: string) => () => Promise.reject(new Error(message));
const settled = async (one: Promise<unknown>): Promise<string> =>
  one.then(
    (value) => String(value),
    (error: unknown) => (error as Error).message,
  );

test('[BH1] so many are under way, so many wait for so long, and the rest are refused', async () => {
  const { bulkhead, advance } = open();
  const ends: (() => void)[] = [];
  const begin = (name: string) => settled(bulkhead.run(() => new Promise((resolve) => ends.push(() => resolve(name)))));
  const asked = ['a', 'b', 'c', 'd', 'e'].map(begin);
  expect(await asked[4]).toBe('full 1000');
  expect(bulkhead.state).toMatchObject({ underWay: 2, waiting: 2, refused: 1, awayMs: 0 });
  ends.shift()?.();
  expect(await asked[0]).toBe('a');
  expect(bulkhead.state).toMatchObject({ underWay: 2, waiting: 1 });
  advance(100);
  expect(await asked[3]).toBe('late 1000');
  while (ends.length > 0) ends.shift()?.();
  expect([await asked[1], await asked[2]]).toEqual(['b', 'c']);
  expect(bulkhead.state).toMatchObject({ underWay: 0, waiting: 0, refused: 2 });
});

test('[BH2] a service that is away is not asked for a while, and is asked again by one', async () => {
  const { bulkhead, advance } = open();
  for (let no = 0; no < 2; no++) expect(await settled(bulkhead.run(fail('away!')))).toBe('away!');
  // It answered.
  expect(await settled(bulkhead.run(fail('no such thing')))).toBe('no such thing');
  for (let no = 0; no < 3; no++) expect(await settled(bulkhead.run(fail('away!')))).toBe('away!');
  let asked = 0;
  const ask = () => settled(bulkhead.run(async () => (asked += 1)));
  expect(await ask()).toBe('away 1000');
  expect([asked, bulkhead.state.awayMs]).toEqual([0, 500]);
  advance(500);
  expect(await ask()).toBe('1');
  expect(await ask()).toBe('2');
  expect(bulkhead.state).toMatchObject({ underWay: 0, waiting: 0, awayMs: 0 });
});
