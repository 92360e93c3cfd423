// The API of the trial: the server as it is run, in the role `api`. Started again whenever it was killed.

import { join } from 'node:path';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import { freePort } from '../../tools/services/free-port.ts';
import { ServerProcess } from '../e2e/server-process.ts';
import type { ChaosServices } from './services.ts';

export class ApiProcess {
  readonly #start: () => ServerProcess;
  readonly baseUrl: string;
  #server: ServerProcess;
  #isOver = false;

  private constructor(baseUrl: string, start: () => ServerProcess) {
    this.baseUrl = baseUrl;
    this.#start = start;
    this.#server = start();
  }

  static async open(folder: string, { relays }: ChaosServices): Promise<ApiProcess> {
    const listen = `127.0.0.1:${await freePort()}`;
    const places = ['--database', relays.database.url, '--broker', relays.broker.url, '--cache', relays.cache.url];
    const args = ['serve', '--roles', 'api', '--log-level', 'info', ...places];
    const start = (): ServerProcess => new ServerProcess({ dataDir: join(folder, 'data'), cwd: folder, args, listen });
    const api = new ApiProcess(`http://${listen}`, start);
    await api.#server.waitFor(/serving on/, 120_000);
    return api;
  }

  connect(): ChoraleClient {
    return createClient({ baseUrl: this.baseUrl, key: this.#server.key });
  }

  /** Another one begins at once; one that finds no database ends, and is begun again. */
  async kill(): Promise<void> {
    await this.#server.kill();
    if (!this.#isOver) this.#server = this.#start();
  }

  get isReady(): boolean {
    return this.#server.output.includes('serving on');
  }

  get hasEnded(): boolean {
    return this.#server.code !== undefined;
  }

  signal(name: NodeJS.Signals): void {
    this.#server.signal(name);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.kill();
  }
}
