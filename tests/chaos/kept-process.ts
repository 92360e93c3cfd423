// A process that is started again whenever it has ended, and may be killed, stopped and resumed meanwhile.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChaosSetting } from './chaos-process.ts';

const file = new URL('./chaos-process.ts', import.meta.url);
const execArgv = ['--conditions=chorale-source', '--disable-warning=ExperimentalWarning'];
const startAgainMs = 500;
/** What was on its way when a process was stopped may still happen so long after it goes on. */
const lateMsMax = 2_000;
const lastLinesMax = 20;

export interface KeptProcessOptions {
  readonly setting: ChaosSetting;
  /** How wrong its clock is at first. */
  readonly clockMs: number;
  readonly tell: (line: string) => void;
  /** Told when it ended and nobody had killed it: that is a defect. */
  readonly onEnd: (what: string) => void;
}

export class KeptProcess {
  readonly #options: KeptProcessOptions;
  /** Ids of those that ran as workers, by the names that the ledger knows. */
  readonly #workerIds = new Map<string, string>();
  #child: ChildProcess;
  #generation = 1;
  #isOver = false;
  #isReady = false;
  #isStopped = false;
  #resumedAt = Number.NEGATIVE_INFINITY;
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

  /** Whether the one that now runs is at work: to hit one that only starts, or is stopped, shows nothing. */
  get isReady(): boolean {
    return this.#isReady && !this.#isStopped;
  }

  /** Whether it may yet do what it began before it was stopped. */
  get mayActLate(): boolean {
    return this.#isStopped || performance.now() - this.#resumedAt < lateMsMax;
  }

  /** The ledger's name of the process that had registered as this worker. */
  nameOf(workerId: string): string | undefined {
    return this.#workerIds.get(workerId);
  }

  /** Another one begins at once. */
  async kill(): Promise<void> {
    const child = this.#child;
    const ended = once(child, 'close');
    if (child.exitCode !== null || child.signalCode !== null || !child.kill('SIGKILL')) return;
    await ended;
    if (!this.#isOver) this.#startAgain();
  }

  stop(): void {
    this.#isStopped = true;
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#isStopped = false;
    this.#resumedAt = performance.now();
    this.#child.kill('SIGCONT');
  }

  /** Sets its clock so far ahead, or behind, while it runs. */
  shiftClock(clockMs: number): void {
    this.#child.send({ clockMs }, () => undefined);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.kill();
  }

  #startAgain(): void {
    this.#isStopped = false;
    this.#isReady = false;
    this.#generation += 1;
    this.#child = this.#start();
  }

  #start(): ChildProcess {
    const { setting, clockMs, tell } = this.#options;
    const { name } = this;
    const env = {
      ...process.env,
      CHORALE_CHAOS_SETTING: JSON.stringify({ ...setting, name }),
      CHORALE_CHAOS_CLOCK_MS: String(clockMs),
    };
    const child = fork(file, [], { execArgv, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const lines: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => {
      const line = chunk.toString().trimEnd();
      lines.push(line);
      if (lines.length > lastLinesMax) lines.shift();
      tell(line);
    });
    // Nobody is told when a process is killed before it was ready.
    child.on('error', (error) => tell(String(error)));
    child.on('message', (message: { readonly workerId?: string }) => {
      this.#isReady = true;
      if (message.workerId !== undefined) this.#workerIds.set(message.workerId, name);
    });
    child.on('close', (code, signal) => {
      if (signal !== 'SIGKILL') void this.#onEnd(`${name} ended by itself (${code ?? signal}):\n${lines.join('\n')}`);
    });
    return child;
  }

  async #onEnd(what: string): Promise<void> {
    if (this.#isOver) return;
    this.#options.onEnd(what);
    await wait(startAgainMs);
    if (!this.#isOver) this.#startAgain();
  }
}
