// How often somebody may ask: a bucket that a rule fills evenly and each request takes from.

export interface RateRule {
  /** So many at once, when nothing was asked for a while. */
  readonly burst: number;
  readonly perSecond: number;
}

export interface RateVerdict {
  readonly allowed: boolean;
  /** What is left at once. */
  readonly remaining: number;
  /** Until the bucket is full again. */
  readonly fullAfterMs: number;
  /** Until one more is allowed; 0 where this one was. */
  readonly retryAfterMs: number;
}

/** Processes that share one limiter share the buckets. */
export interface RateLimiter {
  /** Takes one from the bucket of that name; what is refused takes nothing. */
  take(bucket: string, rule: RateRule, now: number): Promise<RateVerdict>;
}

/** A bucket is one number: the time at which it will be full again (GCRA, as ATM networks had it). */
export function takeFromBucket(
  fullAt: number | undefined,
  { burst, perSecond }: RateRule,
  now: number,
): { readonly fullAt: number; readonly verdict: RateVerdict } {
  const eachMs = 1_000 / perSecond;
  const roomMs = burst * eachMs;
  const before = Math.max(fullAt ?? now, now);
  const after = before + eachMs;
  // Fractions of a millisecond add up to no refusal.
  const overMs = after - now - roomMs;
  const allowed = overMs <= 1e-6;
  const kept = allowed ? after : before;
  return {
    fullAt: kept,
    verdict: {
      allowed,
      remaining: Math.max(0, Math.floor((roomMs - (kept - now)) / eachMs + 1e-6)),
      fullAfterMs: Math.max(0, kept - now),
      retryAfterMs: allowed ? 0 : Math.ceil(overMs),
    },
  };
}
