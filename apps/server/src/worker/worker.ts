// The worker of this process: one session after another, each under a lease of its own. A session that loses its lease
// ends all it was doing; then the next begins under a new id.

import type { TenantId } from '@chorale/lib-ids';
import type { Service } from '../process/service.ts';
import { Sleeper } from '../process/clock.ts';
import { WorkerSession, type WorkerOptions } from './worker-session.ts';

/** Between tries to register while the store cannot be reached. */
const retryMs = 1_000;

export class Worker implements Service {
  readonly name = 'worker';
  readonly #options: WorkerOptions;
  readonly #sleeper: Sleeper;
  #session: WorkerSession | undefined;
  #ending = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#sleeper = new Sleeper(options.clock);
  }

  run(): Promise<void> {
    this.#ended = this.#runSessions();
    return this.#ended;
  }

  /** Hands back what runs of these tenants. */
  handBack(tenants: ReadonlySet<TenantId>): void {
    this.#session?.handBack(tenants);
  }

  async drain(): Promise<void> {
    this.#ending = true;
    this.#sleeper.wake();
    this.#session?.drain();
    await this.#ended;
  }

  async stop(): Promise<void> {
    this.#ending = true;
    this.#sleeper.wake();
    this.#session?.stop();
    await this.#ended;
  }

  async #runSessions(): Promise<void> {
    while (!this.#ending) {
      const session = new WorkerSession(this.#options);
      try {
        await session.begin();
      } catch (error) {
        this.#options.log.warn('worker cannot register', { error });
        await this.#sleeper.sleep(retryMs);
        continue;
      }
      this.#session = session;
      if (this.#ending) session.drain();
      await session.ended;
      this.#session = undefined;
    }
  }
}
