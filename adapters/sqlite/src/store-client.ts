// The main thread's side of a store thread: requests out, replies matched by id.
import { Worker } from 'node:worker_threads';
import { broken, fromErrorRecord, temporary, type ChoraleError } from '@chorale/lib-errors';
import type { ThreadOptions, ThreadReply, ThreadRequest } from './thread-protocol.ts';

type Request = ThreadRequest extends infer R ? (R extends { readonly id: number } ? Omit<R, 'id'> : never) : never;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: ChoraleError) => void;
}

/** With the thread at once; more wait here, where they can still be left out. */
const handedMax = 8;

const maxYoungGenerationSizeMb = 24;

export class StoreClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Reads that wait for the thread to have answered others. */
  readonly #line = new Set<() => void>();
  #gone: ChoraleError | undefined;
  #closing: Promise<void> | undefined;
  #tellFailed: (error: ChoraleError) => void = () => undefined;
  /** Resolves when the thread ended unasked, and never otherwise. */
  readonly failed = new Promise<ChoraleError>((resolve) => (this.#tellFailed = resolve));

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: ThreadReply) => this.#onReply(reply));
    worker.on('error', (cause) => this.#onGone(threadEnded(String(cause), cause)));
    worker.on('exit', (code) =>
      this.#onGone(this.#closing === undefined ? threadEnded(`it ended with code ${code}`) : storeClosed()),
    );
  }

  /** Resolves when the thread has opened the database; rejects with its reason when it could not. */
  static async open(options: ThreadOptions): Promise<StoreClient> {
    const unbuilt = import.meta.url.endsWith('.ts');
    const file = unbuilt
      ? new URL('./store-thread.ts', import.meta.url)
      : new URL('./store-thread.js', import.meta.url);
    const worker = new Worker(file, {
      workerData: options,
      execArgv: unbuilt ? ['--conditions=chorale-source'] : [],
      // Rows come and go: without a bound the young ones of a busy thread fill a hundred megabytes before they are looked at.
      resourceLimits: { maxYoungGenerationSizeMb },
    });
    const client = new StoreClient(worker);
    await client.#await(0);
    return client;
  }

  ask<T>(request: Request): Promise<T> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    this.#lastId += 1;
    this.#worker.postMessage({ ...request, id: this.#lastId });
    return this.#await<T>(this.#lastId);
  }

  /** A read that is left out when nobody waits for it any more, unless the thread has it already. */
  async read<T>(request: Request, signal: AbortSignal | undefined): Promise<T> {
    if (this.#pending.size >= handedMax || this.#line.size > 0) await this.#wait(signal);
    if (signal?.aborted === true) {
      // It may have been let in: its turn is the next one's.
      if (this.#pending.size < handedMax) this.#letIn();
      throw nobodyWaits();
    }
    return this.ask<T>(request);
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    let goOn: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => (goOn = resolve));
    this.#line.add(goOn);
    signal?.addEventListener('abort', goOn);
    await turn;
    this.#line.delete(goOn);
    signal?.removeEventListener('abort', goOn);
  }

  #letIn(): void {
    const [next] = this.#line;
    if (next === undefined) return;
    this.#line.delete(next);
    next();
  }

  #await<T>(id: number): Promise<T> {
    return new Promise<T>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  #onReply(reply: ThreadReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    this.#letIn();
    if ('error' in reply) pending?.reject(fromErrorRecord(reply.error));
    else pending?.resolve(reply.value as never);
  }

  #onGone(error: ChoraleError): void {
    this.#gone ??= error;
    if (this.#closing === undefined) this.#tellFailed(this.#gone);
    for (const { reject } of this.#pending.values()) reject(this.#gone);
    this.#pending.clear();
    for (const goOn of this.#line) goOn();
  }

  /** Resolves when the thread has answered what it was asked before, has closed the database and has ended. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#gone !== undefined) return;
    for (const goOn of this.#line) goOn();
    await new Promise((resolve) => setImmediate(resolve));
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    await this.ask({ ask: 'close' });
    await exited;
  }
}

function nobodyWaits(): ChoraleError {
  return temporary('time-over', 'nobody waits for this any more', { retryAfterMs: 1_000 });
}

export function storeClosed(): ChoraleError {
  return temporary('store-closed', 'The store is closed.');
}

/** Nobody knows how far the thread came, so a command that waited may be on disk or not. */
function threadEnded(why: string, cause?: unknown): ChoraleError {
  return broken('store-failed', `The store's thread ended unasked (${why}); what was in hand may be written or not.`, {
    cause,
    action: 'Start the process again: what was acknowledged is there.',
  });
}
