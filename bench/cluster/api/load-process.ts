// Sends HTTP requests to a port of this machine and measures the answers. Started by load.ts for one order.
//
// Open loop: requests are due at fixed times whatever the server does, and what is measured begins when a request was due, so
// that a server which stands still is not asked less for it. Without a rate each connection asks again when it was answered.

import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { LoadCounts } from './load-counts.ts';
import type { LoadOrder, LoadPhase } from './load.ts';

interface Line {
  readonly socket: Socket;
  /** When its request was due; undefined while it has none. */
  dueAt: number | undefined;
  /** Of the answer under way. */
  received: Buffer | undefined;
}

/** Requests that are due and wait for a connection; beyond, they count as not sent. */
const waitingMax = 20_000;
const tickMs = 1;
/** What was sent and is not answered so long after the last phase is left. */
const lateMs = 5_000;
const openAgainMs = 10;
const headEnd = Buffer.from('\r\n\r\n');

class Load {
  readonly #order: LoadOrder;
  readonly #requests: readonly Buffer[];
  readonly #idle = new Set<Line>();
  #waiting: number[] = [];
  #counts = new LoadCounts();
  #closedLoop = false;
  #isOver = false;
  #next = 0;
  #lines = 0;

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#requests = order.requests.map((text) => Buffer.from(text));
  }

  async run(): Promise<readonly unknown[]> {
    await Promise.all(Array.from({ length: this.#order.connections }, () => this.#open()));
    const results: unknown[] = [];
    for (const phase of this.#order.phases) {
      this.#counts = new LoadCounts();
      await this.#runPhase(phase);
      // Who was not even sent in this phase has given up; what is under way counts where it is answered.
      for (const _dueAt of this.#waiting) this.#counts.skip();
      this.#waiting = [];
      results.push(this.#counts.sum(phase.seconds));
    }
    this.#isOver = true;
    const giveUpAt = performance.now() + lateMs;
    while (this.#idle.size < this.#lines && performance.now() < giveUpAt) await wait(openAgainMs);
    for (const { socket } of this.#idle) socket.destroy();
    return results;
  }

  async #runPhase({ rate, seconds }: LoadPhase): Promise<void> {
    this.#closedLoop = rate === undefined;
    if (rate === undefined) {
      for (const line of this.#idle) this.#send(line, performance.now());
      this.#idle.clear();
      await wait(seconds * 1_000);
      this.#closedLoop = false;
      return;
    }
    const begunAt = performance.now();
    const count = Math.round(rate * seconds);
    for (let sent = 0; ; await wait(tickMs)) {
      const now = performance.now();
      for (; sent < count && begunAt + (sent * 1_000) / rate <= now; sent++)
        this.#onDue(begunAt + (sent * 1_000) / rate);
      if (now >= begunAt + seconds * 1_000) return;
    }
  }

  #onDue(dueAt: number): void {
    const [line] = this.#idle;
    if (line !== undefined) {
      this.#idle.delete(line);
      this.#send(line, dueAt);
    } else if (this.#waiting.length < waitingMax) this.#waiting.push(dueAt);
    else this.#counts.skip();
  }

  #send(line: Line, dueAt: number): void {
    line.dueAt = dueAt;
    line.socket.write(this.#requests[this.#next++ % this.#requests.length]!);
  }

  #onFree(line: Line): void {
    line.dueAt = undefined;
    const dueAt = this.#waiting.shift();
    if (dueAt !== undefined) this.#send(line, dueAt);
    else if (this.#closedLoop) this.#send(line, performance.now());
    else this.#idle.add(line);
  }

  #open(): Promise<void> {
    return new Promise((resolve) => {
      const line: Line = { socket: connect(this.#order.port, '127.0.0.1'), dueAt: undefined, received: undefined };
      this.#lines += 1;
      line.socket.setNoDelay(true);
      line.socket.once('connect', () => {
        resolve();
        this.#onFree(line);
      });
      line.socket.on('data', (chunk) => this.#read(line, chunk));
      line.socket.on('error', () => undefined);
      line.socket.once('close', () => {
        resolve();
        this.#lines -= 1;
        this.#idle.delete(line);
        if (line.dueAt !== undefined) this.#counts.fail();
        if (!this.#isOver) setTimeout(() => void this.#open(), openAgainMs);
      });
    });
  }

  #read(line: Line, chunk: Buffer): void {
    const all = line.received === undefined ? chunk : Buffer.concat([line.received, chunk]);
    line.received = all;
    const headLength = all.indexOf(headEnd);
    if (headLength < 0) return;
    const head = all.toString('latin1', 0, headLength).toLowerCase();
    const status = Number(head.slice(9, 12));
    const length = status === 304 || status === 204 ? 0 : Number(/content-length: (\d+)/.exec(head)?.[1] ?? 'NaN');
    if (Number.isNaN(length)) throw new Error(`an answer without a length: ${head}`);
    if (all.length < headLength + headEnd.length + length) return;
    line.received = undefined;
    this.#counts.add({ status, ms: performance.now() - line.dueAt!, saysWhen: head.includes('\nretry-after: ') });
    if (head.includes('\nconnection: close')) {
      line.dueAt = undefined;
      line.socket.end();
    } else this.#onFree(line);
  }
}

process.on('message', (order: LoadOrder) => {
  void new Load(order).run().then(
    (results) => process.send?.({ results }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.('ready');
