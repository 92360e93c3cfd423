// Removes the folders of goals that ended long ago, and replies of models that nobody will ask for again: at the start, and
// every ten minutes.

import type { Clock } from '@chorale/lib-time';
import { Sleeper } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';
import type { Workspaces } from './workspaces.ts';

const everyMs = 10 * 60_000;

export interface SweeperOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly replies: { sweep(): Promise<number> };
}

export class WorkspaceSweeper implements Service {
  readonly name = 'workspace sweeper';
  readonly #workspaces: Workspaces;
  readonly #replies: SweeperOptions['replies'];
  readonly #log: Log;
  readonly #sleeper: Sleeper;
  #ending = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(workspaces: Workspaces, { clock, log, replies }: SweeperOptions) {
    this.#workspaces = workspaces;
    this.#replies = replies;
    this.#log = log;
    this.#sleeper = new Sleeper(clock);
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
      try {
        const removed = await this.#workspaces.sweep();
        await this.#replies.sweep();
        if (removed > 0) this.#log.info('removed the files of ended goals', { folders: removed });
      } catch (error) {
        this.#log.warn('the files of ended goals could not be removed', { error });
      }
      await this.#sleeper.sleep(everyMs);
    }
  }
}
