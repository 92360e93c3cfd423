import { expect, test } from 'vitest';
import { describeRateLimiter } from '../rate-limiter.contract.ts';
import { openMemoryRateLimiter } from './memory-rate-limiter.ts';

describeRateLimiter(async () => ({ limiter: openMemoryRateLimiter(), close: async () => {} }));

test('[RL4] names that are never asked for again are forgotten, and no more than 100,000 are kept', async () => {
  const limiter = openMemoryRateLimiter();
  const rule = { burst: 2, perSecond: 1 };
  for (let name = 0; name < 500; name++) await limiter.take(`short ${name}`, rule, name * 10_000);
  expect(limiter.size).toBeLessThan(5);
  for (let name = 0; name < 100_500; name++) await limiter.take(`long ${name}`, rule, 6_000_000);
  expect(limiter.size).toBe(100_000);
});
