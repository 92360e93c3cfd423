// What of a memory is indexed.

import { splitTerms } from './split-terms.ts';

export interface IndexedTerms {
  /** How often each term stands in it. */
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

export function indexTerms(body: string): IndexedTerms {
  const counts = new Map<string, number>();
  const terms = splitTerms(body);
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return { counts, length: terms.length };
}
