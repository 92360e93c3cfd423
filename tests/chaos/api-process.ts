// The API of the trial: the server as it is run, in the role `api`. Started again whenever it has ended.

import { join } from 'node:path';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import { freePort } from '../../tools/services/free-port.ts';
import { ServerProcess } from '../e2e/server-process.ts';
import type { ChaosServices } from './services.ts';

const linesMax = 20;

export class ApiProcess {
  readonly #start: () => ServerProcess;
  readonly #onEnd: (what: string) => void;
  readonly baseUrl: string;
  #server: ServerProcess;
  #isOver = false;
  #isStopped = false;

  private constructor(baseUrl: string, start: () => ServerProcess, onEnd: (what: string) => void) {
    this.baseUrl = baseUrl;
    this.#start = start;
    this.#onEnd = onEnd;
    this.#server = start();
  }

  /** `onEnd` is told when it ended and nobody had killed it, after it had served: that is a defect. */
  static async open(folder: string, { relays }: ChaosServices, onEnd: (what: string) => void): Promise<ApiProcess> {
    const listen = `127.0.0.1:${await freePort()}`;
    const places = ['--database', relays.database.url, '--broker', relays.broker.url, '--cache', relays.cache.url];
    const args = ['serve', '--roles', 'api', '--log-level', 'info', ...places];
    const start = (): ServerProcess => new ServerProcess({ dataDir: join(folder, 'data'), cwd: folder, args, listen });
    const api = new ApiProcess(`http://${listen}`, start, onEnd);
    try {
      await api.#server.waitFor(/serving on/, 120_000);
    } catch (error) {
      await api.end();
      throw error;
    }
    return api;
  }

  connect(): ChoraleClient {
    return createClient({ baseUrl: this.baseUrl, key: this.#server.key });
  }

  /** Another one begins at once. */
  async kill(): Promise<void> {
    await this.#server.kill();
    this.#isStopped = false;
    if (!this.#isOver) this.#server = this.#start();
  }

  get isReady(): boolean {
    return !this.#isStopped && this.#server.code === undefined && this.#serves;
  }

  /** To be called now and then: begins another one when it has ended. One that finds no database when it starts ends. */
  keep(): void {
    const { code, output } = this.#server;
    if (code === undefined || this.#isOver) return;
    if (this.#serves)
      this.#onEnd(`the API ended by itself (${code}):\n${output.split('\n').slice(-linesMax).join('\n')}`);
    this.#server = this.#start();
  }

  stop(): void {
    this.#isStopped = true;
    this.#server.signal('SIGSTOP');
  }

  resume(): void {
    this.#isStopped = false;
    this.#server.signal('SIGCONT');
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.kill();
  }

  get #serves(): boolean {
    return this.#server.output.includes('serving on');
  }
}
