// One caller's connection while a model answers it: headers, pieces, and the end that either side may make.
//
// Owns:       the raw response from the moment it begins, and the signal that the caller went away.
// Invariants: OE1 a caller that goes away aborts `signal`, whatever was sent so far.
//             OE2 one piece waits for a slow reader; one that takes nothing for `stallMsMax` is cut off.
//             OE3 once something was sent, a failure ends what was begun and never begins another answer.
import type { FastifyReply } from 'fastify';

const stallMsMax = 60_000;

export interface Exchange {
  readonly signal: AbortSignal;
  readonly begun: boolean;
  begin(status: number, headers: Readonly<Record<string, string>>): void;
  /** Undefined when there is room for more at once. */
  write(piece: string | Uint8Array): Promise<void> | undefined;
  end(piece?: string | Uint8Array): void;
  /** Breaks the connection off: the caller must not take what it has for the whole. */
  destroy(): void;
}

export function openExchange(reply: FastifyReply): Exchange {
  const { raw } = reply;
  const gone = new AbortController();
  let begun = false;
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  // A reset by the caller is followed by `close`.
  raw.on('error', () => undefined);

  return {
    signal: gone.signal,
    get begun() {
      return begun;
    },
    begin(status, headers) {
      begun = true;
      reply.hijack();
      raw.writeHead(status, { ...(reply.getHeaders() as { readonly [name: string]: string }), ...headers });
    },
    write: (piece) => (raw.destroyed || raw.write(piece) ? undefined : drained(raw)),
    end: (piece) => void (raw.destroyed || (piece === undefined ? raw.end() : raw.end(piece))),
    destroy: () => void raw.destroy(),
  };
}

function drained(raw: FastifyReply['raw']): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => raw.destroy(), stallMsMax);
    const done = (): void => {
      clearTimeout(timer);
      raw.off('drain', done);
      raw.off('close', done);
      resolve();
    };
    raw.once('drain', done);
    raw.once('close', done);
  });
}
