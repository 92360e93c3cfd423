// Reads an answer to its end, up to a bound.

import type { Received } from './exchange.ts';

export interface WholeBody {
  readonly bytes: Uint8Array;
  /** False when the bound came first: the rest is still to be read. */
  readonly complete: boolean;
}

export async function readWhole(received: Received, bytesMax: number): Promise<WholeBody> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const piece = await received.read();
    if (piece === undefined) return { bytes: joinBytes(pieces), complete: true };
    pieces.push(piece);
    size += piece.length;
    if (size > bytesMax) return { bytes: joinBytes(pieces), complete: false };
  }
}

export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces);
}

const errorBytesMax = 64 * 1024;

/** The text of an answer that is no success; what is over the bound is given up with its connection. */
export async function readErrorText(received: Received): Promise<string> {
  try {
    const { bytes, complete } = await readWhole(received, errorBytesMax);
    if (!complete) received.cancel();
    return Buffer.from(bytes).toString('utf8', 0, errorBytesMax);
  } catch {
    // The status says enough; a body that breaks off takes nothing from it.
    return '';
  }
}
