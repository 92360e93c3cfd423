// One caller's connection while a model answers it: headers, pieces, and the end that either side may make.
//
// Owns:       the raw response from the moment it begins, and the signal that the caller went away.
// Invariants: OE1 a caller that goes away aborts `signal`, whatever was sent so far.
//             OE2 one piece waits for a slow reader; one that takes nothing for `stallMsMax` is cut off.
//             OE4 bytes go at once: they were gathered where they came from. A text goes at once, unless one went within the
//                 last millisecond: those that come as fast go together, in their order, a millisecond later at most.
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
  const gathered = gatherPieces(raw);
  let begun = false;
  raw.once('close', () => {
    gathered.drop();
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
    write: (piece) => (raw.destroyed || gathered.write(piece) ? undefined : drained(raw)),
    end: (piece) => {
      if (raw.destroyed) return;
      gathered.send();
      void (piece === undefined ? raw.end() : raw.end(piece));
    },
    destroy: () => {
      gathered.drop();
      raw.destroy();
    },
  };
}

const gatherMs = 1;
const gatheredBytesMax = 64 * 1024;

interface GatheredPieces {
  /** False when the reader has enough for now. */
  write(piece: string | Uint8Array): boolean;
  send(): void;
  drop(): void;
}

/** Providers that send a token in a packet each, faster than anybody reads, cost a write to the system for each. */
function gatherPieces(raw: FastifyReply['raw']): GatheredPieces {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  let sentAt = 0;
  let timer: NodeJS.Timeout | undefined;

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    if (pieces.length === 0) return;
    const [first, ...more] = pieces;
    const all = more.length === 0 && first !== undefined ? first : Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
    sentAt = performance.now();
    raw.write(all);
  }

  return {
    write(piece) {
      const isText = typeof piece === 'string';
      const piled = isText ? Buffer.from(piece) : piece;
      pieces.push(piled);
      bytes += piled.length;
      if (!isText || bytes >= gatheredBytesMax || (timer === undefined && performance.now() - sentAt >= gatherMs))
        send();
      else timer ??= setTimeout(send, gatherMs);
      return !raw.writableNeedDrain;
    },
    send,
    drop() {
      clearTimeout(timer);
      pieces = [];
      bytes = 0;
    },
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
