// One request and its answer over a pool: the answer is there with its first byte, and then read piece by piece.
//
// Owns:       the time limits, the end by a cancel signal, and the pieces not yet read.
// Invariants: EX1 it settles once: an answer, or an `UpstreamFailure`; after an answer a read that fails throws one.
//             EX2 at most `heldBytesMax` and one piece wait to be read; beyond that the connection is paused.
//             EX4 a piece is given at once, unless one was given within the last millisecond: those that come as fast are
//                 given together, in their order, a millisecond later at most. What follows for a piece costs ten times
//                 what taking it off the wire does.
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
const gatherMs = 1;
const nothing = new Uint8Array(0);

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
  #givenAt = 0;
  #stopGathering: (() => void) | undefined;
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
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes > heldBytesMax) controller.pause();
    if (this.#answering !== undefined) this.#answered();
    else if (this.#lastAt - this.#givenAt > gatherMs) this.#give();
    else if (this.#reading !== undefined)
      this.#stopGathering ??= this.#context.clock.schedule(gatherMs, () => this.#give());
  }

  onResponseEnd(): void {
    this.#ended = true;
    this.#release();
    this.#answered();
    this.#give();
    this.#reading?.resolve(undefined);
    this.#reading = undefined;
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(failureOfNetwork(error, { ...this.#context, nowMs: this.#context.clock.now() }));
  }

  read(): Promise<Uint8Array | undefined> {
    if (this.#held.length > 0) return Promise.resolve(this.#takeHeld());
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
    });
  }

  /** To the reader who waits, if one does and there is something. */
  #give(): void {
    this.#stopGathering?.();
    this.#stopGathering = undefined;
    if (this.#reading === undefined || this.#held.length === 0) return;
    const { resolve } = this.#reading;
    this.#reading = undefined;
    resolve(this.#takeHeld());
  }

  #takeHeld(): Uint8Array {
    // The first by itself: whether an answer has begun is told by it alone.
    const count = this.#givenAt === 0 ? 1 : this.#held.length;
    const [first, ...more] = this.#held.splice(0, count);
    const all = more.length === 0 || first === undefined ? (first ?? nothing) : Buffer.concat([first, ...more]);
    this.#heldBytes -= all.length;
    this.#givenAt = this.#context.clock.now();
    if (this.#controller?.paused === true && this.#heldBytes <= heldBytesMax / 2) {
      // The reader's own slowness is no silence of the provider.
      this.#lastAt = this.#givenAt;
      this.#controller.resume();
    }
    return all;
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
    // What came before the failure came.
    this.#give();
    this.#reading?.reject(failure);
    this.#reading = undefined;
    this.#controller?.abort(failure);
  }

  #release(): void {
    this.#stopTimer();
    this.#stopGathering?.();
    this.#stopGathering = undefined;
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
