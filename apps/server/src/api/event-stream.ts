// One connection that receives server-sent events.
//
// Invariants: ES1 at most one chunk waits in memory for a slow reader; a reader that takes nothing for `stallMsMax`
//                 is cut off, and finds its place again by Last-Event-ID.
//             ES2 something is sent at least every `heartbeatMs`, so that both ends notice a dead connection.
import type { FastifyReply } from 'fastify';

export interface StreamTimes {
  readonly heartbeatMs: number;
  readonly stallMsMax: number;
}

export class EventStream {
  readonly #reply: FastifyReply;
  readonly #times: StreamTimes;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #waiting = false;
  #closed = false;
  #onClose: (() => void)[] = [];

  constructor(reply: FastifyReply, times: StreamTimes) {
    this.#reply = reply;
    this.#times = times;
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...(reply.getHeaders() as { readonly [name: string]: string }),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that collect answers before they pass them on would make a live stream anything but.
      'x-accel-buffering': 'no',
    });
    raw.write(': open\n\n');
    raw.once('close', () => this.#finish());
    // A reset by the reader is followed by `close`.
    raw.on('error', () => undefined);
    this.#heartbeat = setInterval(() => {
      if (!this.#waiting && !this.#closed) raw.write(': heartbeat\n\n');
    }, times.heartbeatMs);
  }

  get closed(): boolean {
    return this.#closed;
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#onClose.push(listener);
  }

  /** Resolves when there is room for more, or when the connection is gone. */
  async write(text: string): Promise<void> {
    const { raw } = this.#reply;
    if (this.#closed || raw.write(text)) return;
    this.#waiting = true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => raw.destroy(), this.#times.stallMsMax);
      const done = (): void => {
        clearTimeout(timer);
        raw.off('drain', done);
        resolve();
      };
      raw.once('drain', done);
      this.onClose(done);
    });
    this.#waiting = false;
  }

  end(): void {
    if (!this.#closed) this.#reply.raw.end();
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#heartbeat);
    for (const listener of this.#onClose) listener();
    this.#onClose = [];
  }
}

export function formatEvent(event: { readonly id?: number; readonly event: string; readonly data: unknown }): string {
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  // JSON.stringify leaves no line break inside, so that one data line is enough.
  return `${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`;
}
