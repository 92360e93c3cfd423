// Reads a request's body as JSON, strictly (RFC 8259), and refuses what would hurt further in.
//
// Invariants: RJ1 nothing nested deeper than `depthMax` is parsed: recursion further in may rely on it.
//             RJ2 every number is finite, every text well-formed Unicode: what is stored can be given back.
//             RJ4 an object has at most `keysMax` keys, and the whole at most `valuesMax` values: memory follows the bytes.
//             RJ3 no key `__proto__`: copying such an object would change what it is.
import type { Json } from '@chorale/lib-client';
import { refused } from '@chorale/lib-errors';

export const depthMax = 64;
const keysMax = 20_000;
const valuesMax = 500_000;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Throws `body-not-json` or `body-too-deep`, both answered with 400. */
export function readJson(bytes: Uint8Array): Json {
  refuseDepth(bytes);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw refused('body-not-json', 'the body is not UTF-8', { cause });
  }
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused('body-not-json', `the body is not JSON${placeIn(text, cause)}`, { cause });
  }
  check(value, 'body', { left: valuesMax });
  return value;
}

const quote = 0x22;
const backslash = 0x5c;

/** Over bytes, before anything is parsed: in UTF-8 no part of a longer character looks like one of these. */
export function refuseDepth(bytes: Uint8Array): void {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inText) {
      if (byte === backslash) index++;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      if (depth > depthMax) throw refused('body-too-deep', `the body is nested deeper than ${depthMax} levels`);
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
}

function check(value: Json, at: string, budget: { left: number }): void {
  budget.left -= 1;
  if (budget.left < 0) throw refused('body-too-large', `the body holds more than ${valuesMax} values`);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refused('body-not-json', `${at} holds a number beyond what a double can hold`);
  } else if (typeof value === 'string') refuseBrokenText(value, at);
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) check(item as Json, `${at}[${index}]`, budget);
  else if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length > keysMax) throw refused('body-too-large', `${at} has more than ${keysMax} keys`);
    for (const [key, item] of entries) {
      if (key === '__proto__') throw refused('body-not-json', `${at} holds the key __proto__, which is not taken`);
      refuseBrokenText(key, at);
      check(item, `${at}.${key}`, budget);
    }
  }
}

/** With the `u` flag a whole pair is one character, so only a half is in this range. */
const halfPair = /[\uD800-\uDFFF]/u;

function refuseBrokenText(text: string, at: string): void {
  if (halfPair.test(text)) throw refused('body-not-json', `${at} holds half of a surrogate pair`);
}

/** V8 names the position; its own words quote the body, which is not repeated. */
function placeIn(text: string, error: unknown): string {
  const position = Number(/at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? text.length);
  const before = text.slice(0, position).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`;
}
