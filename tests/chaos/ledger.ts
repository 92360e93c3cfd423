// The world outside, where the tools of the trial have their effects: one HTTP server in a process that no trouble reaches.
// It counts what was done there, whatever the rows of the engine say.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** A call of a tool, or the word of a worker that the end of a task was acknowledged to it. */
export interface LedgerEntry {
  readonly said: 'effect' | 'finished';
  readonly goalId: string;
  readonly taskNo: number;
  readonly attempt: number;
  readonly workerId: string;
  /** Effects with the same key are one; without a key each is one more. */
  readonly key?: string;
}

export interface TaskEffects {
  /** What was done, after what came again under its key was left out. */
  done: number;
  /** Calls that came again under a key, and did nothing. */
  again: number;
  /** By the attempt that was the first to call. */
  doneBy: number;
  /** Of each attempt that called, when it first did, by the clock of this process. */
  readonly attempts: Map<number, { readonly at: number; readonly workerId: string }>;
  /** The attempt whose success was acknowledged to a worker. */
  finishedBy: number | undefined;
}

export class Ledger {
  readonly tasks = new Map<string, TaskEffects>();
  readonly #keys = new Set<string>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #takesMs: () => number;
  readonly #underWay = new Set<LedgerEntry>();
  readonly #listeners = new Set<(entry: LedgerEntry) => void>();

  /** `takesMs` says how long the next call takes, once its effect is done. */
  constructor(takesMs: () => number) {
    this.#takesMs = takesMs;
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the ledger has no port');
    return `http://127.0.0.1:${address.port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  find(goalId: string, taskNo: number): TaskEffects | undefined {
    return this.tasks.get(`${goalId} ${taskNo}`);
  }

  /**
   * Calls of a worker that were heard and have no answer yet, and are known again by their key. Whoever kills the worker before
   * it awaits anything has cut them off for certain.
   */
  underWay(workerId: string): readonly LedgerEntry[] {
    return [...this.#underWay].filter((entry) => entry.workerId === workerId && entry.key !== undefined);
  }

  onEntry(listener: (entry: LedgerEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(entry: LedgerEntry): void {
    this.#note(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  #note({ said, goalId, taskNo, attempt, workerId, key }: LedgerEntry): void {
    const name = `${goalId} ${taskNo}`;
    const task = this.tasks.get(name) ?? { done: 0, again: 0, doneBy: 0, attempts: new Map(), finishedBy: undefined };
    this.tasks.set(name, task);
    if (said === 'finished') {
      task.finishedBy = attempt;
      return;
    }
    if (!task.attempts.has(attempt)) task.attempts.set(attempt, { at: Date.now(), workerId });
    if (key !== undefined && this.#keys.has(key)) {
      task.again += 1;
      return;
    }
    if (key !== undefined) this.#keys.add(key);
    if (task.done === 0) task.doneBy = attempt;
    task.done += 1;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const entry = JSON.parse(Buffer.concat(chunks).toString()) as LedgerEntry;
      this.add(entry);
      if (entry.said === 'effect') await this.#take(entry);
      response.end('{}');
    } catch {
      // Its process was killed while it spoke: what was not heard did not happen.
      response.destroy();
    }
  }

  async #take(entry: LedgerEntry): Promise<void> {
    this.#underWay.add(entry);
    try {
      await wait(this.#takesMs());
    } finally {
      this.#underWay.delete(entry);
    }
  }
}
