// Work that is done over and over for as long as the process runs. A round that fails is complained of and done again at
// the next beat.

import type { Clock } from '@chorale/lib-time';
import { Sleeper } from './clock.ts';
import type { Log } from './log.ts';
import type { Service } from './service.ts';

export interface BeatPorts {
  readonly clock: Clock;
  readonly log: Log;
}

export interface BeatWork {
  readonly name: string;
  /** From one round's begin to the next; a round that takes longer is followed at once. */
  readonly everyMs: number;
  /** Whether the first round is a beat away; without it, it is at the start. */
  readonly waitsFirst?: boolean;
  /** What the log says of a round that failed. */
  readonly complaint: string;
  /** Long rounds ask between their parts whether the process is about to end. */
  round(isEnding: () => boolean): Promise<void>;
}

export class Beat implements Service {
  readonly name: string;
  readonly #ports: BeatPorts;
  readonly #work: BeatWork;
  readonly #sleeper: Sleeper;
  #ending = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(ports: BeatPorts, work: BeatWork) {
    this.name = work.name;
    this.#ports = ports;
    this.#work = work;
    this.#sleeper = new Sleeper(ports.clock);
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
    const { clock, log } = this.#ports;
    const { everyMs, waitsFirst, complaint } = this.#work;
    if (waitsFirst === true) await this.#sleeper.sleep(everyMs);
    while (!this.#ending) {
      const nextAt = clock.now() + everyMs;
      await this.#work.round(() => this.#ending).catch((error: unknown) => log.warn(complaint, { error }));
      await this.#sleeper.sleep(nextAt - clock.now());
    }
  }
}
