// The row of a process that runs no tasks: it is listed as long as its lease holds, beside those of workers, which say the
// same of themselves.

import { toErrorRecord } from '@chorale/lib-errors';
import { Sleeper } from '../process/clock.ts';
import type { Service } from '../process/service.ts';
import { WorkerLease, type WorkerLeaseOptions } from './worker-lease.ts';

/** Between tries to register while the store cannot be reached. */
const retryMs = 5_000;

export interface ProcessPresenceOptions extends WorkerLeaseOptions {
  /** Told of each id before it is registered, and when it is given back. */
  readonly traces: {
    leave(workerId: WorkerLease['workerId']): Promise<void>;
    remove(workerId: WorkerLease['workerId']): Promise<void>;
  };
}

export class ProcessPresence implements Service {
  readonly name = 'presence';
  readonly #options: ProcessPresenceOptions;
  readonly #sleeper: Sleeper;
  #ending = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ProcessPresenceOptions) {
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
    while (!this.#ending) {
      const lease = new WorkerLease(this.#options);
      try {
        await this.#options.traces.leave(lease.workerId);
        await lease.register();
      } catch (error) {
        this.#options.log.debug('the process cannot register', { error: toErrorRecord(error) });
        await this.#sleeper.sleep(retryMs);
        continue;
      }
      await this.#hold(lease);
    }
  }

  /** Until the lease is lost, or the process ends. */
  async #hold(lease: WorkerLease): Promise<void> {
    const { traces, log } = this.#options;
    for (;;) {
      const beat = await lease.beat(0);
      if (beat === 'lost') return;
      if (!this.#ending) await this.#sleeper.sleep(beat.nextMs);
      if (this.#ending) break;
    }
    await lease
      .retire()
      .then(() => traces.remove(lease.workerId))
      .catch((error: unknown) => log.debug('the lease could not be given back', { error }));
  }
}
