// Looks for deployments every so often, for as long as the process runs.
import type { Clock } from '@chorale/lib-time';
import { Sleeper } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';
import type { ModelServices } from './model-services.ts';

export interface WatchOptions {
  readonly models: Pick<ModelServices, 'probe'>;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export class FleetWatch implements Service {
  readonly name = 'model watch';
  readonly #options: WatchOptions;
  readonly #sleeper: Sleeper;
  #ending = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
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
    const { models, everyMs, log } = this.#options;
    // The start has looked already.
    await this.#sleeper.sleep(everyMs);
    while (!this.#ending) {
      await models.probe().catch((error: unknown) => log.warn('models could not be looked for', { error }));
      await this.#sleeper.sleep(everyMs);
    }
  }
}
