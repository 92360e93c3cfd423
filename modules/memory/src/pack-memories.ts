// What was found as text for a prompt, under a budget of tokens, each piece with the number of its source.

import type { EpisodeId, Memory, MemoryId } from './memory.ts';
import type { FoundMemory } from './memory-store.ts';
import { formatDay } from './moment-terms.ts';
import { resolveDates } from './resolve-dates.ts';

export interface Citation {
  /** As it stands in the text: `[3]`. */
  readonly number: number;
  readonly memoryId: MemoryId;
  readonly provenance: readonly EpisodeId[];
}

export interface MemoryPack {
  readonly text: string;
  readonly tokens: number;
  readonly citations: readonly Citation[];
  /** Found, and left out because they did not fit. */
  readonly leftOut: number;
}

export interface PackOptions {
  readonly tokensMax: number;
  readonly estimateTokens: (text: string) => number;
}

const datesMax = 2;

/** `yesterday` is no day for who reads it later. */
function sayDates({ body, validFrom }: Memory): string {
  const dates = resolveDates(body, validFrom).filter(({ phrase }) => !/\d/.test(phrase));
  if (dates.length === 0) return '';
  const said = dates.slice(0, datesMax).map(({ phrase, from, to }) => {
    const [first, last] = [formatDay(from), formatDay(to - 1)];
    return `${phrase.toLowerCase()}: ${first === last ? first : `${first} to ${last}`}`;
  });
  return ` (${said.join('; ')})`;
}

/** The best first; one that does not fit is left out whole, and shorter ones after it may still go in. */
export function packMemories(found: readonly FoundMemory[], { tokensMax, estimateTokens }: PackOptions): MemoryPack {
  const lines: string[] = [];
  const citations: Citation[] = [];
  let tokens = 0;
  for (const { memory } of found) {
    const number = citations.length + 1;
    const body = memory.body.replaceAll(/\s+/g, ' ').trim();
    const line = `[${number}] ${formatDay(memory.validFrom)} ${memory.speaker}: ${body}${sayDates(memory)}`;
    const cost = estimateTokens(`${line}\n`);
    if (tokens + cost > tokensMax) continue;
    tokens += cost;
    lines.push(line);
    citations.push({ number, memoryId: memory.memoryId, provenance: memory.provenance });
  }
  return { text: lines.join('\n'), tokens, citations, leftOut: found.length - lines.length };
}
