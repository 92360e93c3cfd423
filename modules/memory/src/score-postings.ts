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

/** How far a word reaches into the turns before and after it: a turn counts the words of the one before it by 0.6. */
const reach = Float64Array.of(0.1, 0.15, 0.3, 0.5, 1, 0.6, 0.35, 0.2, 0.15);
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
  const asked = new Set(question.words.map(({ term }) => term));
  const scored = new PlaceScores(postings, measure);
  for (const { term, weight, members } of question.words) {
    scored.add([term], weight);
    scored.add(
      members.filter((member) => !asked.has(member)),
      weight * kindWeight,
    );
  }
  return scored.best(limit);
}

/** A session's places in the arrays: from `first`, for the positions from `from` on. */
interface Block {
  first: number;
  from: number;
  to: number;
}

/** Postings of a term with the slots of their places. */
interface Placed {
  readonly term: string;
  readonly total: number;
  readonly postings: readonly Posting[];
  readonly slots: Int32Array;
}

/**
 * Scores by place. Arrays, because a search looks at some hundred thousand places and a map for each would be most of
 * its time; a session's places lie together, so that a word's reach is a step in the array.
 */
class PlaceScores {
  readonly #placed: ReadonlyMap<string, Placed>;
  readonly #measure: ScopeMeasure;
  readonly #blocks: ReadonlyMap<number, Block>;
  readonly #scores: Float64Array;
  /** Of the word that is added. */
  readonly #counts: Float64Array;
  readonly #hasOwn: Uint8Array;
  readonly #touched: Int32Array;

  constructor(postings: readonly TermPostings[], measure: ScopeMeasure) {
    const { blocks, size } = layOut(postings);
    this.#measure = measure;
    this.#blocks = blocks;
    this.#placed = new Map(postings.map((found) => [found.term, { ...found, slots: slotsOf(found, blocks) }]));
    this.#scores = new Float64Array(size);
    this.#counts = new Float64Array(size);
    this.#hasOwn = new Uint8Array(size);
    this.#touched = new Int32Array(size);
  }

  /** Several terms count as one word that is wherever one of them is. */
  add(terms: readonly string[], weight: number): void {
    const found = terms.flatMap((term) => this.#placed.get(term) ?? []);
    if (found.length === 0) return;
    const { memories, length } = this.#measure;
    const average = Math.max(1, length / Math.max(1, memories));
    let touched = 0;
    let read = 0;
    let own = 0;
    for (const one of found) {
      touched = this.#count(one, { long: longTimes * average, touched });
      read += one.postings.length;
    }
    for (const { slots } of found)
      for (const slot of slots) {
        own += 1 - this.#hasOwn[slot]!;
        this.#hasOwn[slot] = 1;
      }
    // Where postings were cut off, how many memories have the word is known all the same.
    const total = found.reduce((sum, one) => sum + one.total, 0);
    const rarity = rarityOf(memories, (total * own) / Math.max(1, read));
    for (let index = 0; index < touched; index++) {
      const slot = this.#touched[index]!;
      const count = this.#counts[slot]!;
      this.#scores[slot]! += weight * rarity * ((count * (saturation + 1)) / (count + saturation));
      this.#counts[slot] = 0;
    }
    for (const one of found) this.#addOwn(one, { average, weight: ownWeight * weight * rarity });
  }

  /** Counts the term where it stands and around it; answers how many places were touched by now. */
  #count({ postings, slots }: Placed, { long, touched }: { readonly long: number; readonly touched: number }): number {
    const counts = this.#counts;
    let all = touched;
    for (let index = 0; index < slots.length; index++) {
      const posting = postings[index]!;
      const slot = slots[index]!;
      const count = posting.count / lengthNorm(posting.length, long);
      const lent = count * reachOfOthers[posting.role];
      const alone = posting.position === notePosition;
      const before = alone ? 0 : Math.min(reachMax, posting.position);
      const after = alone ? 0 : reachMax;
      for (let offset = -before; offset <= after; offset++) {
        const near = slot + offset;
        if (counts[near] === 0) this.#touched[all++] = near;
        counts[near]! += offset === 0 ? count : lent * reach[offset + reachMax]!;
      }
    }
    return all;
  }

  /** Once for each place, however many of the terms it has: the first of them counts. */
  #addOwn(
    { postings, slots }: Placed,
    { average, weight }: { readonly average: number; readonly weight: number },
  ): void {
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!;
      if (this.#hasOwn[slot] === 0) continue;
      this.#hasOwn[slot] = 0;
      const { count, length } = postings[index]!;
      const norm = 1 - ownLengthWeight + (ownLengthWeight * length) / average;
      this.#scores[slot]! += (weight * (count * (ownSaturation + 1))) / (count + ownSaturation * norm);
    }
  }

  best(limit: number): readonly Candidate[] {
    const scores = this.#scores;
    const least = Math.max(leastOfBest(scores, limit), Number.MIN_VALUE);
    const found = new Map<number, { readonly place: MemoryPlace; readonly matched: Set<string> }>();
    for (const [session, { first, from, to }] of this.#blocks) {
      for (let position = from; position <= to; position++) {
        const slot = first + position - from;
        if (scores[slot]! >= least) found.set(slot, { place: { session, position }, matched: new Set() });
      }
    }
    for (const { term, slots } of this.#placed.values())
      for (const slot of slots) if (scores[slot]! >= least) found.get(slot)?.matched.add(term);
    return [...found]
      .map(([slot, { place, matched }]) => ({ ...place, score: scores[slot]!, matched }))
      .toSorted((a, b) => b.score - a.score || b.session - a.session || b.position - a.position)
      .slice(0, limit);
  }
}

function slotsOf({ postings }: TermPostings, blocks: ReadonlyMap<number, Block>): Int32Array {
  const slots = new Int32Array(postings.length);
  for (let index = 0; index < postings.length; index++) {
    const { session, position } = postings[index]!;
    const { first, from } = blocks.get(session)!;
    slots[index] = first + position - from;
  }
  return slots;
}

/** The score of the last of the best `limit`; 0 where there are fewer. A heap with the least at its top. */
function leastOfBest(scores: Float64Array, limit: number): number {
  const heap = new Float64Array(limit);
  for (const score of scores) {
    if (score <= heap[0]!) continue;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child + 1 < limit && heap[child + 1]! < heap[child]!) child++;
      if (child >= limit || heap[child]! >= score) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = score;
  }
  return heap[0]!;
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
