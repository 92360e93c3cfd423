import { expect, test } from 'vitest';
import { rateAfter } from './growth.ts';

/** A run that finishes 10 tasks a millisecond, and 5 once it holds 60,000. */
const slowingRun = Array.from({ length: 200 }, (_, index) => {
  const tasks = (index + 1) * 1_000;
  return { tasks, atMs: tasks / 10 + Math.max(0, tasks - 60_000) / 10 };
});

test('the rate after a number of tasks is that of the 40,000 tasks that follow', () => {
  expect(rateAfter(slowingRun, 1_000)).toBeCloseTo(10_000);
  expect(rateAfter(slowingRun, 100_000)).toBeCloseTo(5_000);
});

test('a window that reaches over the slowing mixes both rates', () => {
  expect(rateAfter(slowingRun, 40_000)).toBeCloseTo(40_000 / 6);
});

test('a run that ends before the window does has no rate there', () => {
  expect(() => rateAfter(slowingRun, 180_000)).toThrow('the run ended before 220000 tasks');
});
