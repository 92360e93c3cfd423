// Buckets in the memory of one process.
//
// Invariants: RL4 buckets that are full are forgotten, and of more than `bucketsMax` the oldest: whoever asks under ever new names
//                 costs no more memory than that.

import { takeFromBucket, type RateLimiter } from './rate-limiter.ts';

const bucketsMax = 100_000;
/** Looked at with each request, from the oldest. */
const sweptEach = 2;

export function openMemoryRateLimiter(): RateLimiter & { readonly size: number } {
  const buckets = new Map<string, number>();
  const sweep = (now: number): void => {
    let looked = 0;
    for (const [bucket, fullAt] of buckets) {
      if (buckets.size <= bucketsMax && (fullAt > now || looked >= sweptEach)) return;
      looked += 1;
      buckets.delete(bucket);
    }
  };
  return {
    get size() {
      return buckets.size;
    },
    take(bucket, rule, now) {
      const { fullAt, verdict } = takeFromBucket(buckets.get(bucket), rule, now);
      // Put in anew, so that the oldest come first.
      buckets.delete(bucket);
      buckets.set(bucket, fullAt);
      sweep(now);
      return Promise.resolve(verdict);
    },
  };
}
