// Keeps what a tool returns to a size that fits a row and a model's context.

import type { Json } from '@chorale/module-goals';
import type { ArtifactCandidate } from './tool.ts';

const wholeOutputName = 'whole-output.json';

/** Characters of an output that is too large which its reader still sees. */
const previewLength = 4_000;

/** UTF-8 bytes without encoding: a code point of one to four bytes is one, one, one or two UTF-16 units. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return bytes;
}

export interface BoundedOutput {
  readonly output: Json;
  /** Set when the output was too large. */
  readonly whole?: ArtifactCandidate;
}

export function boundOutput(output: Json, bytesMax: number): BoundedOutput {
  const text = JSON.stringify(output);
  // The count is exact, and made only when the length leaves a doubt.
  if (text.length * 3 <= bytesMax || utf8Bytes(text) <= bytesMax) return { output };
  return {
    output: {
      truncated: true,
      sizeBytes: utf8Bytes(text),
      artifact: wholeOutputName,
      preview: text.slice(0, previewLength),
    },
    whole: { name: wholeOutputName, mediaType: 'application/json', content: { text } },
  };
}

/** The first `bytesMax` bytes of a text, never cutting a character. */
export function headOf(text: string, bytesMax: number): { readonly text: string; readonly truncated: boolean } {
  if (text.length * 3 <= bytesMax || utf8Bytes(text) <= bytesMax) return { text, truncated: false };
  let bytes = 0;
  let length = 0;
  for (const character of text) {
    bytes += utf8Bytes(character);
    if (bytes > bytesMax) break;
    length += character.length;
  }
  return { text: text.slice(0, length), truncated: true };
}
