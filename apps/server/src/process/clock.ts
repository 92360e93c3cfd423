// Time as the worker and the scheduler have it, so that their tests can move it.

import { setTimeout } from 'node:timers';
import type { Clock } from '@chorale/lib-time';

/** Longer waits than this are cut into pieces: a timer takes 31 bits of milliseconds at most. */
const timerMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), timerMsMax));
    return () => clearTimeout(timer);
  },
};

/** Sleeps until woken or until a time, whichever is first; a wake that comes while awake ends the next sleep at once. */
export class Sleeper {
  readonly #clock: Clock;
  #woken = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async sleep(delayMs: number): Promise<void> {
    if (!this.#woken && delayMs > 0) {
      await new Promise<void>((resolve) => {
        const takeBack = this.#clock.schedule(delayMs, resolve);
        this.#wake = () => {
          takeBack();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#woken = false;
  }
}
