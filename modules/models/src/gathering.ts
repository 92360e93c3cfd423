// Lets the first of many go at once and gathers those that come soon after it, so that they go together.
//
// Invariant: none waits longer than `gatherMs`, and one that comes after a pause does not wait at all.

import type { Clock } from '@chorale/lib-time';

export interface Gathering {
  /** Undefined: go at once. */
  turn(): Promise<void> | undefined;
  /** Lets all go that wait. */
  send(): void;
}

export function createGathering(clock: Clock, gatherMs: number): Gathering {
  let waiting: (() => void)[] = [];
  let until = 0;
  let stopTimer: (() => void) | undefined;

  function send(): void {
    stopTimer?.();
    stopTimer = undefined;
    const gone = waiting;
    waiting = [];
    until = clock.now() + gatherMs;
    for (const go of gone) go();
  }

  return {
    turn() {
      const now = clock.now();
      if (waiting.length > 0 || now < until) {
        stopTimer ??= clock.schedule(until - now, send);
        return new Promise((resolve) => void waiting.push(resolve));
      }
      until = now + gatherMs;
      return undefined;
    },
    send,
  };
}
