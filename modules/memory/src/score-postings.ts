// The first pass of a search: which places have the words of the question, in themselves or in their neighbours. BM25 over
// words that count less with every turn of distance; lexical, words and not meaning.
//
// The numbers were chosen on three conversations with known evidence; around each of them the result is flat (see
// docs/decisions/0006-memory-retrieval.md), so none is worth tuning to one's own data.

import type { MemoryPlace, SpeakerRole } from './memory.ts';
import type { Posting, ScopeMeasure, TermPostings } from './memory-index.ts';
import type { Question } from './read-question.ts';

export interface Candidate extends MemoryPlace {
  readonly score: number;
  /** Terms that the memory itself has. */
  readonly matched: ReadonlySet<string>;
}

/** How far a word reaches into the turns after and before it: a turn counts the words of the one before it by 0.6. */
const reach: readonly (readonly [offset: number, weight: number])[] = [
  [0, 1],
  [1, 0.6],
  [2, 0.35],
  [3, 0.2],
  [4, 0.15],
  [-1, 0.5],
  [-2, 0.3],
  [-3, 0.15],
  [-4, 0.1],
];
/** What a model or a tool says is long and repeats much: it lends little to its neighbours. */
const reachOfOthers: Readonly<Record<SpeakerRole, number>> = { person: 1, assistant: 0.25, tool: 0.1 };
/** How soon more of a word adds nothing: in the neighbourhood, and in the memory itself. */
const saturation = 0.75;
const ownSaturation = 1.2;
const ownWeight = 0.3;
const ownLengthWeight = 0.5;
/** Memories longer than this many times the average count their words for less, as they have all words. */
const longTimes = 2;
/** Words for a thing of the kind that was asked for, beside the word itself. */
const kindWeight = 0.5;
/** Positions of one session lie closer together than this. */
const positionsMax = 1_000_000;

export interface FirstPass {
  readonly question: Question;
  readonly measure: ScopeMeasure;
  readonly postings: readonly TermPostings[];
  /** How many places come out, at most. */
  readonly limit: number;
}

export function scorePostings({ question, measure, postings, limit }: FirstPass): readonly Candidate[] {
  const byTerm = new Map(postings.map((found) => [found.term, found]));
  const asked = new Set(question.words.map(({ term }) => term));
  const scores = new Map<number, number>();
  const matched = new Map<number, Set<string>>();
  const pass: Pass = { measure, scores, matched };
  for (const { term, weight, members } of question.words) {
    const own = byTerm.get(term);
    if (own !== undefined) addTerm(pass, [own], weight);
    const ofKind = members.flatMap((member) => (asked.has(member) ? [] : (byTerm.get(member) ?? [])));
    if (ofKind.length > 0) addTerm(pass, ofKind, weight * kindWeight);
  }
  const best = [...scores].sort(([a, x], [b, y]) => y - x || b - a).slice(0, limit);
  return best.map(([key, score]) => ({
    session: Math.floor(key / positionsMax),
    position: key % positionsMax,
    score,
    matched: matched.get(key) ?? new Set(),
  }));
}

interface Pass {
  readonly measure: ScopeMeasure;
  /** By place. */
  readonly scores: Map<number, number>;
  readonly matched: Map<number, Set<string>>;
}

/** Several terms count as one word that is wherever one of them is. */
function addTerm({ measure, scores, matched }: Pass, found: readonly TermPostings[], weight: number): void {
  const counts = new Map<number, number>();
  const own = new Map<number, Posting>();
  const average = measure.length / Math.max(1, measure.memories);
  let read = 0;
  for (const { term, postings } of found) {
    read += postings.length;
    for (const posting of postings) {
      const key = posting.session * positionsMax + posting.position;
      if (!own.has(key)) own.set(key, posting);
      noteMatch(matched, key, term);
      const count = posting.count / lengthNorm(posting.length, longTimes * average);
      const lent = count * reachOfOthers[posting.role];
      for (const [offset, part] of reach) {
        if (posting.position + offset < 0) continue;
        const near = key + offset;
        counts.set(near, (counts.get(near) ?? 0) + (offset === 0 ? count : lent * part));
      }
    }
  }
  // Where postings were cut off, how many memories have the word is known all the same.
  const total = found.reduce((sum, one) => sum + one.total, 0);
  const rarity = rarityOf(measure.memories, (total * own.size) / Math.max(1, read));
  for (const [key, count] of counts) {
    const score = weight * rarity * ((count * (saturation + 1)) / (count + saturation));
    scores.set(key, (scores.get(key) ?? 0) + score);
  }
  for (const [key, { count, length }] of own) {
    const norm = 1 - ownLengthWeight + (ownLengthWeight * length) / Math.max(1, average);
    const score = (count * (ownSaturation + 1)) / (count + ownSaturation * norm);
    scores.set(key, (scores.get(key) ?? 0) + ownWeight * weight * rarity * score);
  }
}

function noteMatch(matched: Map<number, Set<string>>, key: number, term: string): void {
  const terms = matched.get(key);
  if (terms === undefined) matched.set(key, new Set([term]));
  else terms.add(term);
}

function lengthNorm(length: number, long: number): number {
  return long <= 0 || length <= long ? 1 : 1 - ownLengthWeight + (ownLengthWeight * length) / long;
}

/** How much a word says: the fewer memories have it, the more. */
export function rarityOf(memories: number, having: number): number {
  return Math.log(1 + Math.max(0, memories - having + 0.5) / (having + 0.5));
}

/** What a date that the question names adds to a memory of that date. */
export function dateScore(rarity: number): number {
  const count = 0.5;
  return rarity * ((count * (saturation + 1)) / (count + saturation));
}
