// What every rate limiter must do, wherever it keeps its buckets.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RateLimiter } from './limits/rate-limiter.ts';

export interface RateLimiterHarness {
  readonly limiter: RateLimiter;
  close(): Promise<void>;
}

const rule = { burst: 3, perSecond: 2 };

export function describeRateLimiter(open: () => Promise<RateLimiterHarness>): void {
  let harness: RateLimiterHarness;
  // Far from what other tests of a shared service have used.
  const start = 1_900_000_000_000;
  beforeEach(async () => {
    harness = await open();
  });
  afterEach(() => harness.close());

  describe('a rate limiter', () => {
    test('[RL1] allows a burst, then one whenever the rule has put one back', async () => {
      const take = (at: number) => harness.limiter.take('ann', rule, start + at);
      for (const remaining of [2, 1, 0]) expect(await take(0)).toMatchObject({ allowed: true, remaining });
      expect(await take(0)).toEqual({ allowed: false, remaining: 0, fullAfterMs: 1_500, retryAfterMs: 500 });
      expect(await take(499)).toMatchObject({ allowed: false, retryAfterMs: 1 });
      expect(await take(500)).toMatchObject({ allowed: true, remaining: 0 });
      expect(await take(10_000)).toMatchObject({ allowed: true, remaining: 2 });
    });

    test('[RL2] what is refused takes nothing: whoever goes on asking is let in as soon as one who waited', async () => {
      const take = (at: number) => harness.limiter.take('bob', rule, start + at);
      for (let at = 0; at < 3; at++) await take(0);
      for (let at = 0; at < 50; at++) expect((await take(at)).allowed).toBe(false);
      expect((await take(500)).allowed).toBe(true);
    });

    test('[RL3] buckets know nothing of each other, and calls at once take one each', async () => {
      for (let at = 0; at < 3; at++) await harness.limiter.take('cy', rule, start);
      expect((await harness.limiter.take('dee', rule, start)).allowed).toBe(true);
      const verdicts = await Promise.all(Array.from({ length: 10 }, () => harness.limiter.take('eve', rule, start)));
      expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(3);
    });
  });
}
