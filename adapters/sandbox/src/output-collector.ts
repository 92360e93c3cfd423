// Keeps the first bytes of a stream and lets the rest pass by, so that a process that writes without end
// costs us neither memory nor is it blocked.

import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface CollectedOutput {
  readonly text: () => string;
  readonly truncated: () => boolean;
}

export function collectOutput(
  stream: Readable,
  bytesMax: number,
  onChunk: ((chunk: Uint8Array) => void) | undefined,
): CollectedOutput {
  const decoder = new StringDecoder('utf8');
  const parts: string[] = [];
  let bytesKept = 0;
  let truncated = false;
  stream.on('data', (chunk: Buffer) => {
    const room = bytesMax - bytesKept;
    if (chunk.length > room) truncated = true;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    bytesKept += kept.length;
    parts.push(decoder.write(kept));
    onChunk?.(kept);
  });
  // A stream that breaks has ended; the process's fate is reported by its exit.
  stream.on('error', () => undefined);
  // A character cut in half at the limit is left out rather than replaced.
  return { text: () => parts.join('') + (truncated ? '' : decoder.end()), truncated: () => truncated };
}
