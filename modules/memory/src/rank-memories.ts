// The second pass of a search: what may be seen and holds, by its score. Filters first; then who spoke, how old it is and how
// much it matters; then repeats go, and standing instructions that bear on the question come up.

import type { Memory, MemoryKind, Sensitivity } from './memory.ts';
import { sensitivities } from './memory.ts';
import { isValidAt } from './is-valid-at.ts';
import { isStandingInstruction } from './standing-instructions.ts';
import type { NearPlace } from './embed-memories.ts';
import type { FoundMemory, MemoryQuery, ScoreParts } from './memory-store.ts';
import { termsOfMoment, termsOfSpan } from './moment-terms.ts';
import type { Question } from './read-question.ts';
import { dateScore, type Candidate } from './score-postings.ts';
import { resolveDates } from './resolve-dates.ts';
import { splitTerms } from './split-terms.ts';
import { weighTurn } from './weigh-turn.ts';
import { normalForm } from './text-form.ts';

const dayMs = 86_400_000;
/** By how much age counts: halves the part above the floor in so long a time. What holds and what works does not age. */
const decayByKind: { readonly [Kind in MemoryKind]?: { readonly halfLifeMs: number; readonly floor: number } } = {
  working: { halfLifeMs: dayMs, floor: 0.3 },
  episodic: { halfLifeMs: 365 * dayMs, floor: 0.8 },
};
const namedSpeakerFactor = 1.35;
const otherRoleFactor = 0.4;
/** Two memories that share so much of their words are one for the reader. */
const repeatShare = 0.9;
/** How little the first places count before the next; and what a place by meaning counts beside one by words. */
const rankDamping = 60;
const meaningWeight = 1;
/** Standing instructions that come up, and to which place. */
const liftedMax = 2;
const liftedTo = 4;

export interface SecondPass {
  readonly query: MemoryQuery;
  readonly question: Question;
  readonly candidates: readonly Candidate[];
  /** Of the candidates' places; those that are not there are left out. */
  readonly memories: readonly Memory[];
  /** To the question's vector, the nearest first; none without one. */
  readonly near: readonly NearPlace[];
  /** How much each date term of the question says. */
  readonly dateRarity: ReadonlyMap<string, number>;
  readonly now: number;
}

export function rankMemories(pass: SecondPass): readonly FoundMemory[] {
  const byPlace = new Map(pass.memories.map((memory) => [placeKey(memory.place), memory]));
  const similarity = new Map(pass.near.map((near) => [placeKey(near), near.similarity]));
  const found = pass.candidates.flatMap((candidate) => {
    const memory = byPlace.get(placeKey(candidate));
    if (memory === undefined || !isWanted(memory, pass)) return [];
    const scored = scoreMemory(pass, candidate, memory);
    const meaning = Math.max(0, similarity.get(placeKey(candidate)) ?? 0);
    return [{ ...scored, parts: { ...scored.parts, meaning } }];
  });
  const ranked = pass.near.length === 0 ? sortByScore(found) : fuseRanks(found);
  return liftInstructions(ranked, pass.query.limit, withoutRepeats(ranked, pass.query.limit));
}

function isWanted(memory: Memory, { query, now }: SecondPass): boolean {
  const highest: Sensitivity = query.sensitivity ?? 'personal';
  return (
    memory.state === 'active' &&
    (memory.expiresAt === undefined || memory.expiresAt > now || memory.pinned) &&
    sensitivities.indexOf(memory.sensitivity) <= sensitivities.indexOf(highest) &&
    (query.kinds === undefined || query.kinds.includes(memory.kind)) &&
    (query.subject === undefined || isAbout(memory, normalForm(query.subject))) &&
    isValidAt(memory, query, now)
  );
}

function isAbout({ claim, speaker }: Memory, subject: string): boolean {
  return normalForm(claim?.subject ?? '') === subject || normalForm(speaker) === subject;
}

function scoreMemory({ question, dateRarity, now }: SecondPass, candidate: Candidate, memory: Memory): FoundMemory {
  const parts: ScoreParts = {
    words: candidate.score,
    date: scoreDates(memory, question.dateTerms, dateRarity),
    speaker: memory.speaker === question.speaker ? namedSpeakerFactor : 1,
    role: memory.role === 'person' || (question.asksAssistant && memory.role === 'assistant') ? 1 : otherRoleFactor,
    telling: weighTurn(memory),
    decay: decayOf(memory, now),
    // Half as much for what nobody trusts; as it is where nobody said that it matters.
    meaning: 0,
    importance: (0.5 + 0.5 * memory.confidence) * (0.8 + 0.4 * memory.importance),
  };
  const factors = [parts.speaker, parts.role, parts.telling, parts.decay, parts.importance];
  const score = factors.reduce((product, factor) => product * factor, parts.words + parts.date);
  return { memory, score, parts, lifted: false, matched: [...candidate.matched] };
}

/** Of when it was said, and of what it speaks of. */
function scoreDates({ body, validFrom }: Memory, asked: ReadonlySet<string>, rarity: SecondPass['dateRarity']): number {
  if (asked.size === 0) return 0;
  const terms = new Set([
    ...termsOfMoment(validFrom),
    ...resolveDates(body, validFrom).flatMap(({ from, to }) => termsOfSpan(from, to)),
  ]);
  return [...asked].filter((term) => terms.has(term)).reduce((sum, term) => sum + dateScore(rarity.get(term) ?? 0), 0);
}

function sortByScore(found: readonly FoundMemory[]): readonly FoundMemory[] {
  return found.toSorted((a, b) => b.score - a.score || (a.memory.memoryId < b.memory.memoryId ? -1 : 1));
}

/**
 * Reciprocal ranks (Cormack, Clarke and Buettcher 2009), weighted: scores of words and of vectors have no common measure, ranks
 * have. Who comes by both ways comes first.
 */
function fuseRanks(found: readonly FoundMemory[]): readonly FoundMemory[] {
  const byWords = sortByScore(found.filter(({ parts }) => parts.words + parts.date > 0));
  const byMeaning = found
    .filter(({ parts }) => parts.meaning > 0)
    .toSorted((a, b) => b.parts.meaning * factorOf(b) - a.parts.meaning * factorOf(a));
  const fused = new Map<FoundMemory, number>();
  const addRanks = (ranked: readonly FoundMemory[], weight: number): void => {
    for (const [rank, one] of ranked.entries()) fused.set(one, (fused.get(one) ?? 0) + weight / (rankDamping + rank));
  };
  addRanks(byWords, 1);
  addRanks(byMeaning, meaningWeight);
  return sortByScore([...fused].map(([one, score]) => ({ ...one, score: score * rankDamping })));
}

/** What counts whichever way it was found. */
function factorOf({ parts: { role, telling, decay, importance } }: FoundMemory): number {
  return role * telling * decay * importance;
}

function decayOf(memory: Memory, now: number): number {
  const decay = memory.pinned ? undefined : decayByKind[memory.kind];
  if (decay === undefined) return 1;
  const age = Math.max(0, now - Math.max(memory.validFrom, memory.lastUsedAt ?? 0));
  return decay.floor + (1 - decay.floor) * 0.5 ** (age / decay.halfLifeMs);
}

function withoutRepeats(ranked: readonly FoundMemory[], limit: number): readonly FoundMemory[] {
  const kept: { readonly found: FoundMemory; readonly terms: ReadonlySet<string> }[] = [];
  for (const found of ranked) {
    if (kept.length === limit) break;
    const terms = new Set(splitTerms(found.memory.body));
    if (!kept.some((one) => sharedPart(one.terms, terms) >= repeatShare)) kept.push({ found, terms });
  }
  return kept.map(({ found }) => found);
}

/** Of all the words of two texts, how many both have. */
function sharedPart(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (Math.min(a.size, b.size) < repeatShare * Math.max(a.size, b.size)) return 0;
  let both = 0;
  for (const term of a) if (b.has(term)) both++;
  const all = a.size + b.size - both;
  return all === 0 ? 1 : both / all;
}

/** An instruction shares few words with what it is to be followed in: one is enough. */
function liftInstructions(
  ranked: readonly FoundMemory[],
  limit: number,
  kept: readonly FoundMemory[],
): readonly FoundMemory[] {
  const top = kept.slice(0, liftedTo);
  const below = ranked.filter((found) => !top.includes(found));
  const lifted = below
    .filter(({ memory, matched }) => matched.length > 0 && isStandingInstruction(memory))
    .slice(0, liftedMax)
    .map((found) => ({ ...found, lifted: true }));
  const raised = new Set(lifted.map(({ memory }) => memory.memoryId));
  const rest = kept.slice(liftedTo).filter(({ memory }) => !raised.has(memory.memoryId));
  return [...top, ...lifted, ...rest].slice(0, limit);
}

function placeKey({ session, position }: { readonly session: number; readonly position: number }): string {
  return `${session}.${position}`;
}
