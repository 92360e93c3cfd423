// Keeps from asking again and again what does not answer.
//
// Invariants: CB1 after `failuresMax` failures in a row nothing is asked for `openMs`; then one asks, and the others wait for what
//                 becomes of it.
//             CB2 one success ends it.

export interface BreakerLimits {
  readonly failuresMax: number;
  readonly openMs: number;
  readonly now: () => number;
}

export interface CircuitBreaker {
  /** Whether it may be asked now; who is let through must say how it ended. */
  allows(): boolean;
  succeeded(): void;
  failed(): void;
  /** Until somebody may ask again; 0 where somebody may now. */
  readonly opensAfterMs: number;
}

export function createCircuitBreaker({ failuresMax, openMs, now }: BreakerLimits): CircuitBreaker {
  let failures = 0;
  let openUntil = 0;
  return {
    allows() {
      if (failures < failuresMax) return true;
      if (now() < openUntil) return false;
      // The one that looks; whoever comes before it has ended waits.
      openUntil = now() + openMs;
      return true;
    },
    succeeded() {
      failures = 0;
    },
    failed() {
      failures += 1;
      if (failures >= failuresMax) openUntil = now() + openMs;
    },
    get opensAfterMs() {
      return failures < failuresMax ? 0 : Math.max(0, openUntil - now());
    },
  };
}
