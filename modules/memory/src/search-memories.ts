// Search, over whatever keeps the postings: read the question, look its words up, score places, read the best, rank.

import { refused } from '@chorale/lib-errors';
import { scopeKey, type Memory, type MemoryPlace } from './memory.ts';
import type { MemoryIndex, ScopeMeasure, TermPostings } from './memory-index.ts';
import type { FoundMemory, MemoryQuery } from './memory-store.ts';
import { rankMemories } from './rank-memories.ts';
import { readQuestion, termsOf, type Question } from './read-question.ts';
import { rarityOf, scorePostings, type Candidate } from './score-postings.ts';

const searchLimitMax = 200;
const searchScopesMax = 50;
/** Memories whose rows are read: what is ranked up by more than its words comes from among them. */
const readMin = 50;
const readPerResult = 5;
/** Places that score are not all places where something is: a word reaches past the last turn of its session. */
const placesPerMemory = 6;
/** Of a word that so many memories have, the newest are looked at. */
const postingsMax = 4_000;
/** Near memories that are ranked beside those with words of the question. */
const nearMax = 100;
/** The newest of a time that the question names; those without a word of it rank by the date alone. */
const datedMax = 50;

/**
 * `now` may be on its way, from a clock that is asked.
 *
 * @throws refused `memory-query-invalid`.
 */
export async function searchMemories(
  index: MemoryIndex,
  query: MemoryQuery,
  now: number | Promise<number>,
): Promise<readonly FoundMemory[]> {
  // Awaited last, if at all: it may fail before.
  const time = Promise.resolve(now);
  time.catch(() => undefined);
  checkQuery(query);
  const { tenantId } = query;
  const scopes = [...new Set(query.scopes.map(scopeKey))];
  const measure = await index.measure(tenantId, scopes);
  const at = await time;
  const question = readQuestion(query.text, { speakers: measure.speakers, at });
  const terms = termsOf(question);
  if (measure.memories === 0 || (terms.length === 0 && query.vector === undefined)) return [];
  const nearing =
    query.vector === undefined ? [] : index.findNear({ tenantId, scopes, ...query.vector, limit: nearMax });
  const withEnded = query.validAt !== undefined || query.knownAt !== undefined;
  const { span } = question;
  const dating = span === undefined ? [] : index.findBetween({ tenantId, scopes, ...span, limit: datedMax });
  const postings = await index.findPostings({ tenantId, scopes, terms, withEnded, limit: postingsMax });
  const wanted = Math.max(readMin, query.limit * readPerResult);
  const candidates = scorePostings({ question, measure, postings, limit: wanted * placesPerMemory });
  const memories: Memory[] = [];
  for (let at = 0; at < candidates.length && memories.length < wanted; at += wanted)
    memories.push(...(await index.readPlaces(tenantId, candidates.slice(at, at + wanted))));
  const [near, dated] = [await nearing, await dating];
  const more = withoutWords([...near, ...dated], candidates);
  if (more.length > 0) memories.push(...(await index.readPlaces(tenantId, more)));
  const dateRarity = rarityOfDates(question, measure, postings);
  const places = [...candidates, ...more];
  return rankMemories({ query, question, candidates: places, memories, near, dateRarity, now: at });
}

/** What is near in meaning or of the time that was asked for, and has none of the words. */
function withoutWords(places: readonly MemoryPlace[], candidates: readonly Candidate[]): readonly Candidate[] {
  const known = new Set(candidates.map(({ session, position }) => `${session}.${position}`));
  const distinct = new Map(places.map((place) => [`${place.session}.${place.position}`, place]));
  return [...distinct]
    .filter(([name]) => !known.has(name))
    .map(([, { session, position }]) => ({ session, position }))
    .map(({ session, position }) => ({ session, position, score: 0, matched: new Set<string>() }));
}

function rarityOfDates(
  question: Question,
  measure: ScopeMeasure,
  postings: readonly TermPostings[],
): ReadonlyMap<string, number> {
  const totals = new Map(postings.map(({ term, total }) => [term, total]));
  return new Map([...question.dateTerms].map((term) => [term, rarityOf(measure.memories, totals.get(term) ?? 0)]));
}

function checkQuery({ limit, scopes }: MemoryQuery): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > searchLimitMax) {
    throw refused('memory-query-invalid', `A search was asked for ${limit} results.`, {
      action: `Ask for a whole number from 1 to ${searchLimitMax}.`,
    });
  }
  if (scopes.length === 0 || scopes.length > searchScopesMax) {
    throw refused('memory-query-invalid', `A search was asked for in ${scopes.length} scopes.`, {
      action: `Name from 1 to ${searchScopesMax} scopes, such as user/ann.`,
    });
  }
}
