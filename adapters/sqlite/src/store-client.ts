// The main thread's side of a store thread: requests out, replies matched by id.
import { Worker } from 'node:worker_threads';
import { broken, fromErrorRecord, temporary, type ChoraleError } from '@chorale/lib-errors';
import type { ThreadOptions, ThreadReply, ThreadRequest } from './thread-protocol.ts';

type Request = ThreadRequest extends infer R ? (R extends { readonly id: number } ? Omit<R, 'id'> : never) : never;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: ChoraleError) => void;
}

const maxYoungGenerationSizeMb = 24;

export class StoreClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
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

  #await<T>(id: number): Promise<T> {
    return new Promise<T>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  #onReply(reply: ThreadReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('error' in reply) pending?.reject(fromErrorRecord(reply.error));
    else pending?.resolve(reply.value as never);
  }

  #onGone(error: ChoraleError): void {
    this.#gone ??= error;
    if (this.#closing === undefined) this.#tellFailed(this.#gone);
    for (const { reject } of this.#pending.values()) reject(this.#gone);
    this.#pending.clear();
  }

  /** Resolves when the thread has answered what it was asked before, has closed the database and has ended. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#gone !== undefined) return;
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    await this.ask({ ask: 'close' });
    await exited;
  }
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
