// A process that is started again whenever it has ended, and may be killed, stopped and resumed meanwhile.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ChaosSetting } from './chaos-process.ts';

const file = new URL('./chaos-process.ts', import.meta.url);
const execArgv = ['--conditions=chorale-source', '--disable-warning=ExperimentalWarning'];

export interface KeptProcessOptions {
  readonly setting: ChaosSetting;
  /** How wrong its clock is. */
  readonly clockMs: number;
  readonly tell: (line: string) => void;
}

export class KeptProcess {
  readonly #options: KeptProcessOptions;
  #child: ChildProcess;
  #generation = 1;
  #isOver = false;
  #isReady = false;
  isStopped = false;
  /** When the first of them was at work. */
  readonly ready: Promise<unknown>;

  constructor(options: KeptProcessOptions) {
    this.#options = options;
    this.#child = this.#start();
    this.ready = once(this.#child, 'message');
  }

  /** As the ledger knows the one that now runs. */
  get name(): string {
    return `${this.#options.setting.name}.${this.#generation}`;
  }

  /** Whether the one that now runs is at work: to kill one that only starts shows nothing. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Another one begins at once. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
    this.isStopped = false;
    this.#isReady = false;
    if (this.#isOver) return;
    this.#generation += 1;
    this.#child = this.#start();
  }

  stop(): void {
    this.isStopped = true;
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.isStopped = false;
    this.#child.kill('SIGCONT');
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.kill();
  }

  #start(): ChildProcess {
    const { setting, clockMs, tell } = this.#options;
    const env = {
      ...process.env,
      CHORALE_CHAOS_SETTING: JSON.stringify({ ...setting, name: this.name }),
      CHORALE_CHAOS_CLOCK_MS: String(clockMs),
    };
    const child = fork(file, [], { execArgv, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    child.stderr?.on('data', (chunk: Buffer) => tell(chunk.toString().trimEnd()));
    // Nobody is told when a process is killed before it was ready.
    child.on('error', (error) => tell(String(error)));
    child.on('message', () => (this.#isReady = true));
    child.on('exit', (code, signal) => {
      if (signal !== 'SIGKILL') tell(`${this.name} ended by itself (${code ?? signal})`);
    });
    return child;
  }
}
