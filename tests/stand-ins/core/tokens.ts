// Tokens as a stand-in counts them, and the prompt cache that makes some of them cheaper.
//
// Invariants: TK1 the same text always has the same number of tokens: a quarter of its characters, rounded up.
//             TK2 what a prompt shares with an earlier one of the same account and model, from its beginning, is cached.

import { createHash } from 'node:crypto';

const charactersPerToken = 4;
const prefixesMax = 50_000;

export const countTokens = (text: string): number => Math.ceil(text.length / charactersPerToken);

export interface TokenUse {
  /** All of the prompt, what was cached and what was written to the cache included. */
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** Part of output. */
  readonly reasoning: number;
}

export const noTokens: TokenUse = { input: 0, output: 0, cachedInput: 0, cacheWrite: 0, reasoning: 0 };

/** A piece of a prompt, in the order the model reads it. */
export interface PromptSegment {
  readonly text: string;
  /** Where the caller marked the end of what is worth keeping. */
  readonly marked?: boolean;
}

export interface PromptCache {
  /** How much of the prompt was there already; remembers it for the next. */
  lookUp(
    space: string,
    segments: readonly PromptSegment[],
    mode: 'automatic' | 'marked',
  ): { readonly input: number; readonly cachedInput: number; readonly cacheWrite: number };
}

/** Prompts below `tokensMin` are not cached, as at the vendors. */
export function createPromptCache(tokensMin: number): PromptCache {
  const prefixes = new Set<string>();
  const remember = (prefix: string): void => {
    if (prefixes.size >= prefixesMax) {
      for (const oldest of prefixes) {
        prefixes.delete(oldest);
        break;
      }
    }
    prefixes.add(prefix);
  };
  return {
    lookUp(space, segments, mode) {
      const hash = createHash('sha256').update(space);
      const ends: { readonly prefix: string; readonly tokens: number; readonly marked: boolean }[] = [];
      let input = 0;
      for (const { text, marked = false } of segments) {
        hash.update('\0').update(text);
        input += countTokens(text);
        ends.push({ prefix: hash.copy().digest('base64'), tokens: input, marked });
      }
      const worthIt = ends.filter((end) => end.tokens >= tokensMin);
      const cachedInput = worthIt.findLast((end) => prefixes.has(end.prefix))?.tokens ?? 0;
      const kept = mode === 'automatic' ? worthIt : worthIt.filter((end) => end.marked);
      for (const end of kept) remember(end.prefix);
      const lastMarked = mode === 'marked' ? (kept.at(-1)?.tokens ?? 0) : 0;
      // A caller that marks nothing reads nothing either.
      const cached = mode === 'marked' && kept.length === 0 ? 0 : cachedInput;
      return { input, cachedInput: cached, cacheWrite: Math.max(0, lastMarked - cached) };
    },
  };
}
