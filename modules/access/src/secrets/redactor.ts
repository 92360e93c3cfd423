// Takes the secrets in use out of what is about to be seen: output of tools, logs, events. Text or bytes, whole or in
// pieces, wherever the pieces are cut.
//
// Owns:       an automaton of all patterns (Aho and Corasick, 1975): its work is one step for each character, however many
//             secrets there are.
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

interface State {
  readonly depth: number;
  readonly next: Map<number, State>;
  /** The state of the longest proper end of this one that is a beginning of some pattern. */
  fail: State | undefined;
  /** The longest pattern that ends here, by itself or as an end of this state. */
  match: { readonly length: number; readonly name: string } | undefined;
}

export function makeRedactor(secrets: readonly NamedSecret[]): Redactor {
  const patterns = secrets.flatMap(({ name, value }) => secretPatterns(value).map((pattern) => ({ name, pattern })));
  const texts = buildAutomaton(patterns.map(({ name, pattern }) => ({ name, symbols: unitsOf(pattern) })));
  const bytes = buildAutomaton(patterns.map(({ name, pattern }) => ({ name, symbols: [...utf8Bytes(pattern)] })));
  const textStream = (): RedactionStream<string> => {
    const scan = new Scan(texts);
    const run = (symbols: readonly number[], isEnd: boolean): string => scan.run(symbols, isEnd).map(textOf).join('');
    return { push: (piece) => run(unitsOf(piece), false), end: () => run([], true) };
  };
  const redact = (text: string): string => {
    if (patterns.length === 0) return text;
    const stream = textStream();
    return stream.push(text) + stream.end();
  };
  return {
    redact,
    redactJson: <T>(value: T): T => redactJson(value, redact) as T,
    textStream,
    byteStream: () => {
      const scan = new Scan(bytes);
      const run = (symbols: ArrayLike<number>, isEnd: boolean): Uint8Array =>
        Uint8Array.from(
          scan.run(symbols, isEnd).flatMap((part) => (typeof part === 'string' ? [...utf8Bytes(part)] : [...part])),
        );
      return { push: (piece) => run(piece, false), end: () => run([], true) };
    },
    unprotected: secrets.filter(({ value }) => secretPatterns(value).length === 0).map(({ name }) => name),
  };
}

function unitsOf(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

const unitsAtOnce = 8_192;

function textOf(part: Part): string {
  if (typeof part === 'string') return part;
  let text = '';
  for (let at = 0; at < part.length; at += unitsAtOnce)
    text += String.fromCharCode(...part.slice(at, at + unitsAtOnce));
  return text;
}

function redactJson(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactJson(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactJson(item, redact)]));
}

function newState(depth: number): State {
  return { depth, next: new Map(), fail: undefined, match: undefined };
}

function buildAutomaton(patterns: readonly { readonly name: string; readonly symbols: readonly number[] }[]): State {
  const root = newState(0);
  for (const { name, symbols } of patterns) {
    let state = root;
    for (const symbol of symbols) {
      let next = state.next.get(symbol);
      if (next === undefined) state.next.set(symbol, (next = newState(state.depth + 1)));
      state = next;
    }
    state.match ??= { length: symbols.length, name };
  }
  // Breadth first: the ends of a state are shorter, and so are done before it.
  const queue = [...root.next.values()];
  for (const state of queue) {
    state.fail ??= root;
    state.match ??= state.fail.match;
    for (const [symbol, next] of state.next) {
      next.fail = step(state.fail, symbol, root);
      queue.push(next);
    }
  }
  return root;
}

function step(from: State, symbol: number, root: State): State {
  for (let state: State | undefined = from; state !== undefined; state = state.fail) {
    const next = state.next.get(symbol);
    if (next !== undefined) return next;
  }
  return root;
}

type Part = string | readonly number[];

/** How much of one hidden run is held. */
const hiddenMax = 1_000_000;

/** Where a run of one stream stands. */
class Scan {
  readonly #root: State;
  #state: State;
  /** Symbols that were read and not given out, in order. */
  #held: number[] = [];
  /** What is hidden of them, from the first: begin and end among the held. */
  #hidden: { begin: number; end: number; readonly name: string } | undefined;

  constructor(root: State) {
    this.#root = root;
    this.#state = root;
  }

  run(symbols: ArrayLike<number>, isEnd: boolean): readonly Part[] {
    const parts: Part[] = [];
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at]!;
      this.#held.push(symbol);
      this.#state = step(this.#state, symbol, this.#root);
      const { match } = this.#state;
      if (match !== undefined) this.#hide(match, parts);
      // Nothing that begins later can overlap it any more.
      if (this.#hidden !== undefined && this.#held.length - this.#state.depth >= this.#hidden.end)
        this.#giveHidden(parts);
    }
    const waiting = isEnd ? 0 : Math.min(this.#state.depth, this.#held.length);
    if (isEnd && this.#hidden !== undefined) this.#giveHidden(parts);
    if (this.#hidden === undefined) this.#give(this.#held.length - waiting, parts);
    if (isEnd) this.#state = this.#root;
    return parts;
  }

  #hide({ length, name }: { readonly length: number; readonly name: string }, parts: Part[]): void {
    // What overlaps without end is given in pieces: then the pattern begins before what is held.
    const tooLong = this.#hidden !== undefined && this.#hidden.end - this.#hidden.begin > hiddenMax;
    if (this.#hidden !== undefined && (tooLong || this.#held.length - length >= this.#hidden.end))
      this.#giveHidden(parts);
    const end = this.#held.length;
    const begin = Math.max(0, end - length);
    if (this.#hidden === undefined) this.#hidden = { begin, end, name };
    else {
      this.#hidden.begin = Math.min(this.#hidden.begin, begin);
      this.#hidden.end = end;
    }
  }

  #giveHidden(parts: Part[]): void {
    const { begin, end, name } = this.#hidden!;
    this.#give(begin, parts);
    parts.push(`[secret:${name}]`);
    this.#held.splice(0, end - begin);
    this.#hidden = undefined;
  }

  #give(count: number, parts: Part[]): void {
    if (count > 0) parts.push(this.#held.splice(0, count));
  }
}
