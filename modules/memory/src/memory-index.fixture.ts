// An index in memory, for tests of search: what every store's index does, in the plainest way.

import type { NearPlace, NearWanted } from './embed-memories.ts';
import type { MemoryIndex, Posting, PostingsWanted, SpanWanted, TermPostings } from './memory-index.ts';
import { scopeKey, type Memory, type MemoryPlace } from './memory.ts';
import { indexTerms } from './index-terms.ts';

export class IndexInMemory implements MemoryIndex {
  /** By body. */
  readonly vectors = new Map<string, readonly number[]>();
  readonly #memories: readonly Memory[];
  readonly #terms: ReadonlyMap<Memory, ReturnType<typeof indexTerms>>;

  constructor(memories: readonly Memory[]) {
    this.#memories = memories;
    this.#terms = new Map(memories.map((memory) => [memory, indexTerms(memory.body)]));
  }

  measure(tenantId: string, scopes: readonly string[]) {
    const memories = this.#of(tenantId, scopes);
    return {
      memories: memories.length,
      length: memories.reduce((sum, memory) => sum + this.#terms.get(memory)!.length, 0),
      speakers: [...new Set(memories.map(({ speaker }) => speaker))],
    };
  }

  findPostings({ tenantId, scopes, terms, withEnded, limit }: PostingsWanted): readonly TermPostings[] {
    const memories = this.#of(tenantId, scopes).filter(
      ({ validTo, retractedAt }) => withEnded || (validTo === undefined && retractedAt === undefined),
    );
    return terms.map((term) => {
      const postings = memories.flatMap((memory): readonly Posting[] => {
        const { counts, length } = this.#terms.get(memory)!;
        const count = counts.get(term);
        return count === undefined ? [] : [{ ...memory.place, count, length, role: memory.role }];
      });
      return { term, total: postings.length, postings: postings.slice(-limit) };
    });
  }

  findBetween({ tenantId, scopes, from, to, limit }: SpanWanted): readonly MemoryPlace[] {
    return this.#of(tenantId, scopes)
      .filter(({ validFrom }) => validFrom >= from && validFrom < to)
      .map(({ place }) => place)
      .slice(-limit);
  }

  findNear({ tenantId, scopes, values, limit }: NearWanted): readonly NearPlace[] {
    return this.#of(tenantId, scopes)
      .flatMap(({ body, place }) => {
        const vector = this.vectors.get(body);
        if (vector === undefined) return [];
        return [{ ...place, similarity: vector.reduce((sum, value, index) => sum + value * values[index]!, 0) }];
      })
      .toSorted((a, b) => b.similarity - a.similarity)
      .slice(0, limit);
  }

  readPlaces(tenantId: string, places: readonly { session: number; position: number }[]): readonly Memory[] {
    const wanted = new Set(places.map(({ session, position }) => `${session}.${position}`));
    return this.#memories.filter(
      ({ tenantId: of, place }) => of === tenantId && wanted.has(`${place.session}.${place.position}`),
    );
  }

  #of(tenantId: string, scopes: readonly string[]): readonly Memory[] {
    return this.#memories.filter(
      ({ tenantId: of, scope, state }) => of === tenantId && scopes.includes(scopeKey(scope)) && state === 'active',
    );
  }
}
