// The first pass of a search: which places have the words of the question, in themselves or in their neighbours. BM25 over
// words that count less with every turn of distance; lexical, words and not meaning.
//
// The numbers were chosen on three conversations with known evidence; around each of them the result is flat (see
// docs/decisions/0006-memory-retrieval.md), so none is worth tuning to one's own data.

import { notePosition, type MemoryPlace, type SpeakerRole } from './memory.ts';
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
const reachMax = 4;
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

export interface FirstPass {
  readonly question: Question;
  readonly measure: ScopeMeasure;
  readonly postings: readonly TermPostings[];
  /** How many places come out, at most. */
  readonly limit: number;
}

export function scorePostings(pass: FirstPass): readonly Candidate[] {
  const { question, measure, postings, limit } = pass;
  const byTerm = new Map(postings.map((found) => [found.term, found]));
  const asked = new Set(question.words.map(({ term }) => term));
  const scored = new PlaceScores(postings, measure);
  for (const { term, weight, members } of question.words) {
    const own = byTerm.get(term);
    if (own !== undefined) scored.add([own], weight);
    const ofKind = members.flatMap((member) => (asked.has(member) ? [] : (byTerm.get(member) ?? [])));
    if (ofKind.length > 0) scored.add(ofKind, weight * kindWeight);
  }
  return scored.best(limit);
}

/** A session's places in the arrays: from `first`, for the positions from `from` on. */
interface Block {
  first: number;
  from: number;
  to: number;
}

/**
 * Scores by place. Arrays, because a search looks at some hundred thousand places and a map for each would be most of
 * its time; a session's places lie together, so that a word's reach is a step in the array.
 */
class PlaceScores {
  readonly #postings: readonly TermPostings[];
  readonly #measure: ScopeMeasure;
  readonly #blocks: ReadonlyMap<number, Block>;
  readonly #scores: Float64Array;
  /** Of the word that is added. */
  readonly #counts: Float64Array;
  readonly #hasOwn: Uint8Array;

  constructor(postings: readonly TermPostings[], measure: ScopeMeasure) {
    this.#postings = postings;
    this.#measure = measure;
    const { blocks, size } = layOut(postings);
    this.#blocks = blocks;
    this.#scores = new Float64Array(size);
    this.#counts = new Float64Array(size);
    this.#hasOwn = new Uint8Array(size);
  }

  /** Several terms count as one word that is wherever one of them is. */
  add(found: readonly TermPostings[], weight: number): void {
    const [scores, counts, hasOwn] = [this.#scores, this.#counts, this.#hasOwn];
    const { memories, length } = this.#measure;
    const average = Math.max(1, length / Math.max(1, memories));
    const own: { readonly slot: number; readonly posting: Posting }[] = [];
    const touched: number[] = [];
    let read = 0;
    for (const { postings } of found) {
      read += postings.length;
      for (const posting of postings) {
        const slot = this.#slotOf(posting);
        if (hasOwn[slot] === 0) own.push({ slot, posting });
        hasOwn[slot] = 1;
        const count = posting.count / lengthNorm(posting.length, longTimes * average);
        const lent = count * reachOfOthers[posting.role];
        for (const [offset, part] of reach) {
          if (posting.position + offset < 0 || (offset !== 0 && posting.position === notePosition)) continue;
          const near = slot + offset;
          if (counts[near] === 0) touched.push(near);
          counts[near]! += offset === 0 ? count : lent * part;
        }
      }
    }
    // Where postings were cut off, how many memories have the word is known all the same.
    const total = found.reduce((sum, one) => sum + one.total, 0);
    const rarity = rarityOf(memories, (total * own.length) / Math.max(1, read));
    for (const slot of touched) {
      const count = counts[slot]!;
      scores[slot]! += weight * rarity * ((count * (saturation + 1)) / (count + saturation));
      counts[slot] = 0;
    }
    for (const { slot, posting } of own) {
      const norm = 1 - ownLengthWeight + (ownLengthWeight * posting.length) / average;
      const score = (posting.count * (ownSaturation + 1)) / (posting.count + ownSaturation * norm);
      scores[slot]! += ownWeight * weight * rarity * score;
      hasOwn[slot] = 0;
    }
  }

  best(limit: number): readonly Candidate[] {
    const scores = this.#scores;
    const least = Math.max(scores.toSorted().at(-limit) ?? 0, Number.MIN_VALUE);
    const found = new Map<number, { readonly place: MemoryPlace; readonly matched: Set<string> }>();
    for (const [session, { first, from, to }] of this.#blocks) {
      for (let position = from; position <= to; position++) {
        const slot = first + position - from;
        if (scores[slot]! >= least) found.set(slot, { place: { session, position }, matched: new Set() });
      }
    }
    for (const { term, postings } of this.#postings)
      for (const posting of postings) found.get(this.#slotOf(posting))?.matched.add(term);
    return [...found]
      .map(([slot, { place, matched }]) => ({ ...place, score: scores[slot]!, matched }))
      .toSorted((a, b) => b.score - a.score || b.session - a.session || b.position - a.position)
      .slice(0, limit);
  }

  #slotOf({ session, position }: MemoryPlace): number {
    const { first, from } = this.#blocks.get(session)!;
    return first + position - from;
  }
}

function layOut(postings: readonly TermPostings[]): {
  readonly blocks: ReadonlyMap<number, Block>;
  readonly size: number;
} {
  const blocks = new Map<number, Block>();
  for (const found of postings) {
    for (const { session, position } of found.postings) {
      const [from, to] = [Math.max(0, position - reachMax), position + reachMax];
      const block = blocks.get(session);
      if (block === undefined) blocks.set(session, { first: 0, from, to });
      else {
        block.from = Math.min(block.from, from);
        block.to = Math.max(block.to, to);
      }
    }
  }
  let size = 0;
  for (const block of blocks.values()) {
    block.first = size;
    size += block.to - block.from + 1;
  }
  return { blocks, size };
}

function lengthNorm(length: number, long: number): number {
  return length <= long ? 1 : 1 - ownLengthWeight + (ownLengthWeight * length) / long;
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
