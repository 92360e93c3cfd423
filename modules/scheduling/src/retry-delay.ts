// How long to wait before the next attempt: exponential growth up to a limit, with a random share so that tasks which
// failed together do not come back together.

export interface RetryDelayPolicy {
  readonly delayMs: number;
  readonly factor: number;
  readonly delayMsMax: number;
  /** Share of the delay that is random, 0 to 1. */
  readonly jitter: number;
}

/** `failures` counts from 1; `random` gives a float in [0, 1). The delay is whole milliseconds, at most `delayMsMax`. */
export function retryDelayMs(policy: RetryDelayPolicy, failures: number, random: () => number): number {
  const grown = policy.delayMs * policy.factor ** Math.max(0, failures - 1);
  // A factor to a high power overflows to infinity; the smaller of it and the limit is still right.
  const bounded = Math.min(grown, policy.delayMsMax);
  return Math.round(bounded * (1 - policy.jitter * random()));
}
