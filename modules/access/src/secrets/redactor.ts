// Takes the secrets in use out of what is about to be seen: output of tools, logs, events. Text or bytes, whole or in
// pieces, wherever the pieces are cut.
//
// Owns:       the patterns by a hash of their first four characters: where no pattern begins, a character costs one look into
//             a table, however many secrets there are. (An automaton of all patterns did with one step for each character,
//             and was a hundred times slower and larger in JavaScript.)
// Invariants: RD1 every character of every pattern that occurs is gone, overlapping ones included.
//             RD2 only what may be part of a pattern waits for the next piece: less than the longest pattern.
//             RD3 where no pattern occurs, what comes out is what went in.
import { secretPatterns } from './secret-patterns.ts';
import { utf8Bytes } from '../bytes.ts';

export interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

/** One stream of pieces. `end` gives what still waits. */
export interface RedactionStream<Piece> {
  push(piece: Piece): Piece;
  end(): Piece;
}

export interface Redactor {
  redact(text: string): string;
  /** Every text in a JSON value, keys included. */
  redactJson<T>(value: T): T;
  textStream(): RedactionStream<string>;
  byteStream(): RedactionStream<Uint8Array>;
  /** Names of secrets too short to be looked for. */
  readonly unprotected: readonly string[];
}

interface Pattern {
  readonly name: string;
  readonly text: string;
}

export function makeRedactor(secrets: readonly NamedSecret[]): Redactor {
  const patterns = secrets.flatMap(({ name, value }) => secretPatterns(value).map((text) => ({ name, text })));
  const texts = new PatternIndex(patterns);
  // Bytes are looked through as text with a character for each byte.
  const bytes = new PatternIndex(patterns.map(({ name, text }) => ({ name, text: latinText(utf8Bytes(text)) })));
  const textStream = (): RedactionStream<string> => {
    const scan = new Scan(texts);
    return { push: (piece) => scan.push(piece, false), end: () => scan.push('', true) };
  };
  const redact = (text: string): string => (patterns.length === 0 ? text : new Scan(texts).push(text, true));
  return {
    redact,
    redactJson: <T>(value: T): T => (patterns.length === 0 ? value : (redactJson(value, redact) as T)),
    textStream,
    byteStream: () => {
      const scan = new Scan(bytes);
      return {
        // Most pieces hold nothing, and are not copied then.
        push: (piece) =>
          !scan.waits && bytes.isFreeOf(piece) ? piece : latinBytes(scan.push(latinText(piece), false)),
        end: () => latinBytes(scan.push('', true)),
      };
    },
    unprotected: secrets.filter(({ value }) => secretPatterns(value).length === 0).map(({ name }) => name),
  };
}

const unitsAtOnce = 8_192;

function latinText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += unitsAtOnce)
    text += String.fromCharCode(...bytes.subarray(at, at + unitsAtOnce));
  return text;
}

/** Names in marks are ASCII; all else came from bytes. */
function latinBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function redactJson(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactJson(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactJson(item, redact)]));
}

/** No pattern is shorter: `secretPatterns` sees to it. */
const prefixLength = 4;
const hashBits = 16;

function hashOf(first: number, second: number): number {
  return Math.imul(Math.imul(first, 0x9e37_79b1) ^ second, 0x85eb_ca77) >>> (32 - hashBits);
}

function hashAt(text: string, at: number): number {
  const first = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8);
  return hashOf(first, text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 8));
}

/** Whether text and bytes are the same from there on, as far as both go. */
function begins(text: string, bytes: Uint8Array, at: number): boolean {
  const length = Math.min(text.length, bytes.length - at);
  for (let index = 0; index < length; index++) if (text.charCodeAt(index) !== bytes[at + index]) return false;
  return true;
}

class PatternIndex {
  /** By the hash of their beginning, the longest first. */
  readonly #byHash = new Map<number, Pattern[]>();
  readonly #mayBegin = new Uint8Array(2 ** hashBits);
  /** Beginnings that are shorter than what is hashed. */
  readonly #short = new Set<string>();

  constructor(patterns: readonly Pattern[]) {
    for (const pattern of patterns.toSorted((a, b) => b.text.length - a.text.length)) {
      const hash = hashAt(pattern.text, 0);
      const same = this.#byHash.get(hash) ?? [];
      this.#byHash.set(hash, same);
      same.push(pattern);
      this.#mayBegin[hash] = 1;
      for (let length = 1; length < prefixLength; length++) this.#short.add(pattern.text.slice(0, length));
    }
  }

  /** The first place from there on where a pattern may begin; the text's length where there is none. */
  next(text: string, from: number): number {
    const last = text.length - prefixLength;
    let at = from;
    while (at <= last && this.#mayBegin[hashAt(text, at)] === 0) at++;
    while (at > last && at < text.length && !this.#short.has(text.slice(at))) at++;
    return at;
  }

  /** The longest pattern that is there; `waits` where more text might show a longer one. */
  match(text: string, at: number): Pattern | 'waits' | undefined {
    const rest = text.length - at;
    if (rest < prefixLength) return 'waits';
    for (const pattern of this.#byHash.get(hashAt(text, at)) ?? []) {
      if (pattern.text.length <= rest ? text.startsWith(pattern.text, at) : pattern.text.startsWith(text.slice(at)))
        return pattern.text.length <= rest ? pattern : 'waits';
    }
    return undefined;
  }

  /** Whether no pattern is in it, and none begins at its end. */
  isFreeOf(bytes: Uint8Array): boolean {
    const end = bytes.length - prefixLength;
    for (let at = 0; at <= end; at++) {
      const hash = hashOf(bytes[at]! | (bytes[at + 1]! << 8), bytes[at + 2]! | (bytes[at + 3]! << 8));
      if (this.#mayBegin[hash] === 1 && this.#byHash.get(hash)!.some(({ text }) => begins(text, bytes, at)))
        return false;
    }
    const tail = Math.max(0, end + 1);
    const rest = String.fromCharCode(...bytes.subarray(tail));
    return !Array.from(rest, (_, index) => rest.slice(index)).some((short) => this.#short.has(short));
  }

  /** As `match`, where no more text comes. */
  matchAtEnd(text: string, at: number): Pattern | undefined {
    if (text.length - at < prefixLength) return undefined;
    return this.#byHash.get(hashAt(text, at))?.find((pattern) => text.startsWith(pattern.text, at));
  }
}

/** Where a run of one stream stands. */
class Scan {
  readonly #index: PatternIndex;
  /** What was read and not given out. */
  #held = '';
  /** How much of its beginning belongs to a secret whose mark was given out. */
  #hidden = 0;

  constructor(index: PatternIndex) {
    this.#index = index;
  }

  get waits(): boolean {
    return this.#held !== '' || this.#hidden > 0;
  }

  push(piece: string, isEnd: boolean): string {
    const text = this.#held + piece;
    let out = '';
    let given = Math.min(this.#hidden, text.length);
    let hiddenUntil = this.#hidden;
    let at = this.#index.next(text, 0);
    for (; at < text.length; at = this.#index.next(text, at + 1)) {
      const found = isEnd ? this.#index.matchAtEnd(text, at) : this.#index.match(text, at);
      if (found === 'waits') break;
      if (found === undefined) continue;
      // What begins within a run that is hidden belongs to it.
      if (at >= hiddenUntil) out += `${text.slice(given, at)}[secret:${found.name}]`;
      hiddenUntil = Math.max(hiddenUntil, at + found.text.length);
      given = Math.max(given, Math.min(hiddenUntil, text.length));
    }
    out += text.slice(given, Math.max(given, at));
    this.#held = text.slice(at);
    this.#hidden = Math.max(0, hiddenUntil - at);
    return out;
  }
}
