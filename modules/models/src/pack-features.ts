// Features of a prompt as a text that a row keeps: the indices in their order as distances, each with how often it came.
// A short prompt takes some hundred characters, the longest that is read about six thousand.

import { packBytes, unpackBytes } from './packed-bytes.ts';
import type { PromptFeatures } from './prompt-features.ts';

const oftenMax = 255;
const lengthBytes = 4;

export function packFeatures({ indices, values, logLength }: PromptFeatures): string {
  const order = indices.map((_index, at) => at).sort((a, b) => (indices[a] as number) - (indices[b] as number));
  // Three bytes hold any distance, and one how often.
  const bytes = new Uint8Array(lengthBytes + indices.length * 4);
  new DataView(bytes.buffer).setFloat32(0, logLength);
  let at = lengthBytes;
  let before = 0;
  for (const place of order) {
    const index = indices[place] as number;
    const often = Math.min(oftenMax, Math.round(Math.exp((values[place] as number) - 1)));
    // The lowest bit says whether a count follows; most features come once.
    let rest = (index - before) * 2 + (often > 1 ? 1 : 0);
    before = index;
    for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
    bytes[at++] = rest;
    if (often > 1) bytes[at++] = often;
  }
  return packBytes(bytes.subarray(0, at));
}

export function unpackFeatures(text: string): PromptFeatures {
  const bytes = unpackBytes(text);
  const indices: number[] = [];
  const values: number[] = [];
  let index = 0;
  for (let at = lengthBytes; at < bytes.length;) {
    let rest = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[at++] as number;
      rest |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    index += rest >>> 1;
    indices.push(index);
    values.push(rest % 2 === 0 ? 1 : 1 + Math.log(bytes[at++] as number));
  }
  const logLength = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0);
  return { indices: Uint32Array.from(indices), values: Float32Array.from(values), logLength };
}
