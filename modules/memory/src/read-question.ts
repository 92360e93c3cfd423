// What a question asks for: words, kinds of things, people, dates, and whose words.

import { concepts } from './concept-words.ts';
import { isDateTerm, termsOfSpan } from './moment-terms.ts';
import { resolveDates, type ResolvedDate } from './resolve-dates.ts';
import { splitTerms, wordsOf } from './split-terms.ts';
import { stemWord } from './stem-word.ts';

export interface QuestionWord {
  readonly term: string;
  /** How often it stands in the question. */
  readonly weight: number;
  /** Words for things of the kind that it names. */
  readonly members: readonly string[];
}

export interface Question {
  readonly words: readonly QuestionWord[];
  /** The one speaker it names; undefined when it names none or several. */
  readonly speaker: string | undefined;
  /** Days, months and years it names, by whatever words. */
  readonly dateTerms: ReadonlySet<string>;
  /** The first day, week or month it names. */
  readonly span: ResolvedDate | undefined;
  /** It asks for what the assistant said. */
  readonly asksAssistant: boolean;
}

/** Words of a question beyond these are not looked for. */
const wordsMax = 40;
/** What is named by a year is looked for by the year's words. */
const spanMsMax = 31 * 86_400_000;

const membersByTerm = collectMembers();

export interface Asked {
  /** Of the scopes that are searched: a name among them is a person, not a word. */
  readonly speakers: readonly string[];
  /** What `yesterday` is counted from. */
  readonly at: number;
}

export function readQuestion(text: string, { speakers, at }: Asked): Question {
  const spans = resolveDates(text, at).filter(({ from, to }) => to - from <= spanMsMax);
  const weights = new Map<string, number>();
  for (const term of splitTerms(text)) weights.set(term, (weights.get(term) ?? 0) + 1);
  const named = speakers.filter((speaker) => splitTerms(speaker).some((term) => weights.has(term)));
  for (const speaker of named) for (const term of splitTerms(speaker)) weights.delete(term);
  const words = [...weights].slice(0, wordsMax);
  return {
    words: words.map(([term, weight]) => ({ term, weight, members: membersByTerm.get(term) ?? [] })),
    speaker: named.length === 1 ? named[0] : undefined,
    dateTerms: new Set([...findDateTerms(text), ...spans.flatMap(({ from, to }) => termsOfSpan(from, to))]),
    span: spans[0],
    asksAssistant:
      /\byou(r)?\b.{0,40}\b(suggest|recommend|advi[sc]e|sa(y|id)|t(ell|old)|propos|explain|g[ia]ve|answer)/i.test(text),
  };
}

/** Everything to be looked up for it. */
export function termsOf({ words, dateTerms }: Question): readonly string[] {
  return [...new Set([...words.flatMap(({ term, members }) => [term, ...members]), ...dateTerms])];
}

function findDateTerms(text: string): ReadonlySet<string> {
  // The verb is written small.
  const words = wordsOf(text.replaceAll(/\bmay\b/g, ''));
  return new Set(words.map(stemWord).filter(isDateTerm));
}

function collectMembers(): ReadonlyMap<string, readonly string[]> {
  const collected = new Map<string, Set<string>>();
  for (const { names, members } of concepts) {
    for (const name of names.map(stemWord)) {
      const found = collected.get(name) ?? new Set();
      for (const member of members.map(stemWord)) if (member !== name) found.add(member);
      collected.set(name, found);
    }
  }
  return new Map([...collected].map(([name, found]) => [name, [...found]]));
}
