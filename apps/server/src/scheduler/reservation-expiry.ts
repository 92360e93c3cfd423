// Charges what was reserved for model calls whose process is gone: at the start, and every half minute.
//
// Owns:       nothing but the beat. What has expired is in the rows, so any number of these may run side by side.
// Invariants: SC3 what is due is charged at most one beat late, however much it is, also after a store did not answer.

import type { Clock } from '@chorale/lib-time';
import type { SpendStore } from '@chorale/module-models';
import { Sleeper } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';

export interface ReservationExpiryOptions {
  readonly spend: Pick<SpendStore, 'execute'>;
  readonly clock: Clock;
  readonly log: Log;
}

const everyMs = 30_000;

export class ReservationExpiry implements Service {
  readonly name = 'reservation expiry';
  readonly #options: ReservationExpiryOptions;
  readonly #sleeper: Sleeper;
  #ending = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ReservationExpiryOptions) {
    this.#options = options;
    this.#sleeper = new Sleeper(options.clock);
  }

  run(): Promise<void> {
    this.#ended = this.#loop();
    return this.#ended;
  }

  async drain(): Promise<void> {
    this.#ending = true;
    this.#sleeper.wake();
    await this.#ended;
  }

  stop(): Promise<void> {
    return this.drain();
  }

  async #loop(): Promise<void> {
    const { log, clock } = this.#options;
    while (!this.#ending) {
      const nextAt = clock.now() + everyMs;
      try {
        const charged = await this.#expireAll();
        if (charged > 0)
          log.warn('model calls ended without a word; what was reserved for them was charged', { charged });
      } catch (error) {
        log.warn('reservations that have expired cannot be charged', { error });
      }
      await this.#sleeper.sleep(nextAt - clock.now());
    }
  }

  async #expireAll(): Promise<number> {
    let charged = 0;
    let more = true;
    while (more && !this.#ending) {
      const reply = await this.#options.spend.execute({ command: 'expire-reservations' });
      charged += reply.charged;
      more = reply.more;
    }
    return charged;
  }
}
