// What search reads: postings of single words by the place of their memory. How far a word reaches into the neighbours of its
// memory is worked out when it is searched for, so that writing touches only what is written.

import type { TenantId } from '@chorale/lib-ids';
import type { NearPlace, NearWanted } from './embed-memories.ts';
import type { Memory, MemoryPlace, SpeakerRole } from './memory.ts';

/** A term in a memory. */
export interface Posting extends MemoryPlace {
  /** How often it stands there. */
  readonly count: number;
  /** How many terms the memory has. */
  readonly length: number;
  readonly role: SpeakerRole;
}

export interface TermPostings {
  readonly term: string;
  /** How many memories have it; more than `postings`, where those are cut off at the newest. */
  readonly total: number;
  readonly postings: readonly Posting[];
}

/** What is known of the scopes as a whole. */
export interface ScopeMeasure {
  readonly memories: number;
  /** The terms of all of them. */
  readonly length: number;
  readonly speakers: readonly string[];
}

export interface PostingsWanted {
  readonly tenantId: TenantId;
  /** As `scopeKey` makes them. */
  readonly scopes: readonly string[];
  readonly terms: readonly string[];
  /** Also those of memories that were retracted or hold no longer. */
  readonly withEnded: boolean;
  /** For each term; the newest. */
  readonly limit: number;
}

export interface SpanWanted {
  readonly tenantId: TenantId;
  readonly scopes: readonly string[];
  readonly from: number;
  /** Before it. */
  readonly to: number;
  readonly limit: number;
}

/** Reads that belong to one search. Answers at once or later. */
export interface MemoryIndex {
  measure(tenantId: TenantId, scopes: readonly string[]): ScopeMeasure | Promise<ScopeMeasure>;
  findPostings(wanted: PostingsWanted): readonly TermPostings[] | Promise<readonly TermPostings[]>;
  /** Where something began to hold or was said in that time; the newest. */
  findBetween(wanted: SpanWanted): readonly MemoryPlace[] | Promise<readonly MemoryPlace[]>;
  /** The nearest first; none where vectors cannot be compared. */
  findNear(wanted: NearWanted): readonly NearPlace[] | Promise<readonly NearPlace[]>;
  /** Those that are there. */
  readPlaces(tenantId: TenantId, places: readonly MemoryPlace[]): readonly Memory[] | Promise<readonly Memory[]>;
}
