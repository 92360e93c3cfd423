import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

const policy = { delayMs: 1000, factor: 2, delayMsMax: 10_000, jitter: 0 };

test('[RD1] the delay doubles with each failure and stops at the limit', () => {
  const delays = [1, 2, 3, 4, 5, 6, 5000].map((failures) => retryDelayMs(policy, failures, () => 0));
  expect(delays).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
});

test('[RD2] jitter takes away at most its share', () => {
  expect(retryDelayMs({ ...policy, jitter: 0.5 }, 1, () => 0)).toBe(1000);
  expect(retryDelayMs({ ...policy, jitter: 0.5 }, 1, () => 0.999999)).toBe(500);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (failures, jitter, random) => {
        const delay = retryDelayMs({ ...policy, jitter }, failures, () => random);
        const full = retryDelayMs(policy, failures, () => 0);
        expect(delay).toBeLessThanOrEqual(full);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(full * (1 - jitter)));
        expect(Number.isInteger(delay)).toBe(true);
      },
    ),
  );
});
