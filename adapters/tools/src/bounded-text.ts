// Shows a model the beginning and the end of a long text, and keeps the whole.

import { headOf, utf8Bytes, type ArtifactCandidate } from '@chorale/module-agents';

/** What of a text a tool shows at most. */
const shownBytesMax = 48 * 1024;

/** Errors come last: most of what is shown of a long output is its end. */
const headShare = 0.25;

export interface BoundedText {
  readonly text: string;
  readonly truncated: boolean;
  /** The whole, when not all of it is shown. */
  readonly artifacts: readonly ArtifactCandidate[];
}

export function boundText(name: string, text: string, mediaType = 'text/plain'): BoundedText {
  const sizeBytes = text.length * 3 <= shownBytesMax ? 0 : utf8Bytes(text);
  if (sizeBytes <= shownBytesMax) return { text, truncated: false, artifacts: [] };
  const head = headOf(text, Math.floor(shownBytesMax * headShare)).text;
  const tail = tailOf(text, shownBytesMax - Math.floor(shownBytesMax * headShare));
  return {
    text: `${head}\n[… ${sizeBytes - shownBytesMax} bytes left out; the whole is in the artifact ${name} …]\n${tail}`,
    truncated: true,
    artifacts: [{ name, mediaType, content: { text } }],
  };
}

/** From the beginning of a character. */
function tailOf(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text, 'utf8');
  let start = bytes.length - bytesMax;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.toString('utf8', start);
}
