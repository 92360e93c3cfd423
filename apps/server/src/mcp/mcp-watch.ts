// Asks the MCP servers for their tools, at the start and from time to time, so that agents are offered what there is.

import type { McpServers } from '@chorale/adapter-mcp';
import type { Clock } from '@chorale/lib-time';
import { Sleeper } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';

export interface McpWatchOptions {
  readonly servers: McpServers;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Servers that have not named their tools by then are not waited for. */
const firstLookMsMax = 10_000;

export class McpWatch implements Service {
  readonly name = 'mcp servers';
  #onLooked: () => void = () => undefined;
  /** Resolves when the servers were asked once, or have had their time: an agent that began before would lack tools. */
  readonly looked = new Promise<void>((resolve) => (this.#onLooked = resolve));
  readonly #options: McpWatchOptions;
  readonly #sleeper: Sleeper;
  #ending = false;
  #ended: Promise<void> = Promise.resolve();
  #told = '';

  constructor(options: McpWatchOptions) {
    this.#options = options;
    this.#sleeper = new Sleeper(options.clock);
  }

  run(): Promise<void> {
    const takeBack = this.#options.clock.schedule(firstLookMsMax, this.#onLooked);
    void this.looked.then(takeBack);
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
    const { servers, everyMs, log } = this.#options;
    while (!this.#ending) {
      try {
        const reports = await servers.refresh();
        const waiting = reports
          .filter(({ state }) => state !== 'approved')
          .map(({ name, state }) => `${name} (${state})`);
        const tell = waiting.join(', ');
        if (tell !== '' && tell !== this.#told)
          log.warn('tools of MCP servers that are not called before somebody agrees', { tools: tell });
        this.#told = tell;
      } catch (error) {
        log.warn('the tools of MCP servers could not be read', { error });
      }
      this.#onLooked();
      await this.#sleeper.sleep(everyMs);
    }
    await servers.close();
  }
}
