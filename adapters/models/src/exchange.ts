// One request and its answer over a pool: the answer is there with its first byte, and then read piece by piece.
//
// Owns:       the time limits, the end by a cancel signal, and the pieces not yet read.
// Invariants: EX1 it settles once: an answer, or an `UpstreamFailure`; after an answer a read that fails throws one.
//             EX2 at most `heldBytesMax` and one piece wait to be read; beyond that the connection is paused.
//             EX3 after its end nothing of it stays: no timer, no listener; a connection is given up when it was cut.

import type { CancelSignal, Clock } from '@chorale/lib-time';
import { UpstreamFailure } from '@chorale/module-models';
import type { Dispatcher } from 'undici';
import { failureOfNetwork } from './read-fault.ts';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  /** The next piece, undefined at the end. One read at a time. @throws UpstreamFailure */
  read(): Promise<Uint8Array | undefined>;
  /** Gives up the rest. */
  cancel(): void;
}

export interface ExchangeLimits {
  readonly firstByteMsMax: number;
  readonly silenceMsMax: number;
}

export interface ExchangeContext {
  readonly who: string;
  readonly secret?: string | undefined;
  readonly clock: Clock;
}

const heldBytesMax = 256 * 1024;

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: UpstreamFailure): void;
}

export class Exchange implements Dispatcher.DispatchHandler, Received {
  readonly answer: Promise<Received>;
  status = 0;
  headers: Headers = {};
  readonly #limits: ExchangeLimits;
  readonly #context: ExchangeContext;
  readonly #signal: CancelSignal;
  readonly #onAbort = (): void => this.#fail(cancelled(this.#context.who));
  #answering: Waiter<Received> | undefined;
  #reading: Waiter<Uint8Array | undefined> | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #failure: UpstreamFailure | undefined;
  #ended = false;
  #lastAt: number;
  #stopTimer: () => void;

  constructor(limits: ExchangeLimits, signal: CancelSignal, context: ExchangeContext) {
    this.#limits = limits;
    this.#context = context;
    this.#signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#answering = { resolve, reject };
    });
    this.#lastAt = context.clock.now();
    this.#stopTimer = context.clock.schedule(limits.firstByteMsMax, () => this.#onTimer());
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  get over(): boolean {
    return this.#failure !== undefined;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure !== undefined) controller.abort(this.#failure);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // Informational answers precede the real one.
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Uint8Array): void {
    if (this.#failure !== undefined) return;
    this.#lastAt = this.#context.clock.now();
    if (this.#reading !== undefined) {
      const { resolve } = this.#reading;
      this.#reading = undefined;
      resolve(piece);
      return;
    }
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes > heldBytesMax) controller.pause();
    this.#answered();
  }

  onResponseEnd(): void {
    this.#ended = true;
    this.#release();
    this.#answered();
    this.#reading?.resolve(undefined);
    this.#reading = undefined;
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(failureOfNetwork(error, { ...this.#context, nowMs: this.#context.clock.now() }));
  }

  read(): Promise<Uint8Array | undefined> {
    const piece = this.#held.shift();
    if (piece !== undefined) {
      this.#heldBytes -= piece.length;
      if (this.#controller?.paused === true && this.#heldBytes <= heldBytesMax / 2) {
        // The reader's own slowness is no silence of the provider.
        this.#lastAt = this.#context.clock.now();
        this.#controller.resume();
      }
      return Promise.resolve(piece);
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
    });
  }

  cancel(): void {
    if (!this.#ended) this.#fail(cancelled(this.#context.who));
  }

  #answered(): void {
    this.#answering?.resolve(this);
    this.#answering = undefined;
  }

  #fail(failure: UpstreamFailure): void {
    if (this.#failure !== undefined || this.#ended) return;
    this.#failure = failure;
    this.#release();
    this.#answering?.reject(failure);
    this.#answering = undefined;
    this.#reading?.reject(failure);
    this.#reading = undefined;
    this.#controller?.abort(failure);
  }

  #release(): void {
    this.#stopTimer();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  /** One timer, set again for what is left: a timer for each piece would cost more than reading it. */
  #onTimer(): void {
    if (this.#failure !== undefined || this.#ended) return;
    const waiting = this.#answering !== undefined;
    const limitMs = waiting ? this.#limits.firstByteMsMax : this.#limits.silenceMsMax;
    const paused = this.#controller?.paused === true;
    const leftMs = paused ? limitMs : this.#lastAt + limitMs - this.#context.clock.now();
    if (leftMs > 0) {
      this.#stopTimer = this.#context.clock.schedule(leftMs, () => this.#onTimer());
      return;
    }
    const what = waiting ? 'no byte of an answer came' : 'nothing more came';
    this.#fail(new UpstreamFailure('stalled', `${this.#context.who}: ${what} within ${limitMs} ms`));
  }
}

function cancelled(who: string): UpstreamFailure {
  return new UpstreamFailure('cancelled', `${who}: the call was taken back`);
}
