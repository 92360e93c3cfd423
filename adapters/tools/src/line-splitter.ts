// Turns chunks of bytes into whole lines.

import { StringDecoder } from 'node:string_decoder';

const lineLengthMax = 4_000;

/** The last line is given by `end`, if it had no newline. Lines longer than a screen or two are cut. */
export function splitLines(onLine: (line: string) => void): {
  readonly push: (chunk: Uint8Array) => void;
  readonly end: () => void;
} {
  const decoder = new StringDecoder('utf8');
  let partial = '';
  const give = (line: string): void => {
    onLine(line.length > lineLengthMax ? `${line.slice(0, lineLengthMax)}…` : line);
  };
  return {
    push: (chunk) => {
      const lines = (partial + decoder.write(Buffer.from(chunk))).split('\n');
      partial = (lines.pop() ?? '').slice(0, lineLengthMax + 1);
      lines.forEach(give);
    },
    end: () => {
      if (partial !== '') give(partial);
      partial = '';
    },
  };
}
