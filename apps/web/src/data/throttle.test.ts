import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from './throttle.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('[LU5] the first ask runs at once, and however many follow run once more', async () => {
  const runs: number[] = [];
  const throttle = new Throttle(100, async () => void runs.push(Date.now()));
  const start = Date.now();
  throttle.ask();
  for (let count = 0; count < 50; count++) throttle.ask();
  expect(runs).toEqual([start]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(runs).toEqual([start, start + 100]);
});

test('[LU5] an ask while it runs is not lost, and it never runs twice at once', async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const throttle = new Throttle(10, async () => {
    runs += 1;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 500));
    running -= 1;
  });
  throttle.ask();
  await vi.advanceTimersByTimeAsync(250);
  throttle.ask();
  await vi.advanceTimersByTimeAsync(5000);
  expect({ runs, most }).toEqual({ runs: 2, most: 1 });
});
