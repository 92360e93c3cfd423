// The busy process from outside: start it, watch it acknowledge, stop it in its tracks, kill it.

import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const busyStore = new URL('./busy-store.ts', import.meta.url);

export interface StoreProcessOptions {
  /** What it runs instead of the busy store. */
  readonly program?: URL;
  readonly database: string;
  readonly log: string;
  /** A module that is loaded first in each of its threads. */
  readonly preload?: string;
  readonly env?: { readonly [name: string]: string };
}

export class StoreProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  #said = '';
  readonly #ended: Promise<void>;
  #running = true;

  constructor({ program = busyStore, database, log, preload, env: more = {} }: StoreProcessOptions) {
    this.#log = log;
    const main = fileURLToPath(program);
    const env = {
      ...process.env,
      ...more,
      ...(preload === undefined ? {} : { NODE_OPTIONS: `--import=${preload}` }),
    };
    this.#child = spawn(process.execPath, ['--conditions=chorale-source', main, database, log], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => {
        this.#running = false;
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until it has acknowledged so much more than now. */
  async acknowledges(bytes: number, timeoutMs = 20_000): Promise<void> {
    const wanted = this.#logBytes() + bytes;
    const deadline = Date.now() + timeoutMs;
    while (this.#logBytes() < wanted) {
      if (!this.#running) throw new Error(`the store's process ended by itself:\n${this.#said}`);
      if (Date.now() > deadline) throw new Error(`the store acknowledges nothing more:\n${this.#said}`);
      await sleep(2);
    }
  }

  #logBytes(): number {
    return statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Returns when each of its threads stands still; what they had asked of the disk is done by then. */
  async freeze(): Promise<void> {
    this.#child.kill('SIGSTOP');
    while (!this.#threadStates().every((state) => state === 'T')) await sleep(1);
  }

  #threadStates(): readonly string[] {
    const threads = `/proc/${this.pid}/task`;
    return readdirSync(threads).map((thread) => {
      const text = readFileSync(`${threads}/${thread}/stat`, 'utf8');
      return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3);
    });
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends it by SIGKILL: nothing of its own runs any more. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Lets it end what it does and close the store. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`the store's process failed:\n${this.#said}`);
  }
}
