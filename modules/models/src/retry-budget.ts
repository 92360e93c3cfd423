// How many tries beyond the first the calls of a process may make: a token for ten calls that needed none. A provider
// that is going down is not pushed further by everybody's second tries, and a second place that works is never denied.
//
// Invariants: RB1 over n calls no more than `burst + share * n` tries are made that the budget can refuse.
//             RB2 a try that it cannot refuse (at a deployment that works) is still paid for, so that the next calls
//                 begin where things work.

export interface RetryBudget {
  /** A call did well at its first try. */
  earn(): void;
  canSpend(): boolean;
  /** May go below nothing, by `burst` at most. */
  spend(): void;
}

const defaults = { share: 0.1, burst: 10 };

export function createRetryBudget({ share, burst } = defaults): RetryBudget {
  // Half full: a process that begins in the middle of a mass failure stays near the share from its first calls on.
  let tokens = burst / 2;
  return {
    earn: () => {
      tokens = Math.min(burst, tokens + share);
    },
    canSpend: () => tokens >= 1,
    spend: () => {
      tokens = Math.max(-burst, tokens - 1);
    },
  };
}
