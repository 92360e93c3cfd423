// What of a person's words is more than an episode: what is to be remembered or forgotten, how things are to be done, and
// claims that a later one replaces. By patterns, the same every time; a model may add to it later and takes nothing away.

import type { Claim } from './memory.ts';
import type { Judged } from './judge-episode.ts';
import { formatDay } from './moment-terms.ts';
import { resolveDates } from './resolve-dates.ts';
import { findInstructions } from './standing-instructions.ts';
import { normalForm } from './text-form.ts';

export interface Extracted {
  readonly kind: 'semantic' | 'procedural';
  readonly body: string;
  readonly claim: Claim | undefined;
  /** Since when it holds, where the words say so. */
  readonly since: number | undefined;
}

export interface Extraction {
  readonly memories: readonly Extracted[];
  /** Normal forms of what is to be forgotten. */
  readonly forget: readonly string[];
}

/** Of one episode. */
const extractedMax = 8;
const valueMax = 120;

const explicit =
  /\b(?:please |do |can you |could you )*(?:remember|note|keep in mind|don'?t forget)(?: this)?(?: that|:)\s+([^\n]{3,300}?)(?:[.!?](?:\s|$)|$)/gi;
const forgetting =
  /\b(?:please |you can |do )*forget (?:that|about|what i said about)\s+([^\n]{3,300}?)(?:[.!?](?:\s|$)|$)/gi;

/** A pattern whose first group is the value, and the attribute it is of. */
const aboutSpeaker: readonly (readonly [RegExp, string])[] = [
  [/\bmy name is ([A-Z][\w'-]*(?: [A-Z][\w'-]*)*)/g, 'name'],
  [/\bi (?:now |currently )?live in ([A-Z][\w' -]*[\w])/gi, 'lives in'],
  [/\bi(?:'ve| have)? (?:just |recently )?moved to ([A-Z][\w' -]*[\w])/gi, 'lives in'],
  [/\bi (?:now |currently )?work (?:at|for) ([A-Z][\w'& -]*[\w])/gi, 'works at'],
];
/** Only what one has one of: most of what is said after "my" is no claim that a later one replaces. */
const possession =
  /\bmy ((?:new |current )?(?:favou?rite [a-z]+|(?:full |middle |last |user)?name|nickname|e-?mail(?: address)?|(?:phone|mobile|account|room) number|address|birthday|age|job(?: title)?|title|role|employer|company|boss|manager|time ?zone|native language|hometown|deadline|budget|diet|blood type|shoe size|editor|salary)) (?:is|are|changed to|is called) (?:now )?([^\n.!?,;]{1,120})/gi;
const named =
  /\b(?:the|our) ([a-z][a-z0-9-]*(?: [a-z0-9-]+){0,3}) (?:is now|has (?:been )?changed to|changed to|was changed to|is set to|moved to) ([^\n.!?,;]{1,120})/gi;

export function extractMemories({
  text,
  speaker,
  role,
  occurredAt,
}: Judged & { readonly occurredAt: number }): Extraction {
  if (role !== 'person') return { memories: [], forget: [] };
  const claims = findClaims(text, { speaker, occurredAt });
  const memories: Extracted[] = [
    ...claims.map(({ claim, since }) => ({ kind: 'semantic' as const, body: sayClaim(claim), claim, since })),
    ...[...text.matchAll(explicit)].map(([, body]) => ({ kind: 'semantic' as const, body: body!, ...nothing })),
    ...findInstructions(text).map((body) => ({ kind: 'procedural' as const, body, ...nothing })),
  ];
  const forget = [...text.matchAll(forgetting)].map(([, body]) => normalForm(body!));
  const byBody = new Map(memories.map((memory) => [normalForm(memory.body), memory]));
  // What is all of the episode is found as the episode.
  const distinct = [...byBody.values()].filter(
    ({ body, claim, kind }) => claim !== undefined || kind === 'procedural' || normalForm(body) !== normalForm(text),
  );
  return { memories: distinct.slice(0, extractedMax), forget };
}

const nothing = { claim: undefined, since: undefined };

interface DatedClaim {
  readonly claim: Claim;
  readonly since: number | undefined;
}

function findClaims(
  text: string,
  { speaker, occurredAt }: { readonly speaker: string; readonly occurredAt: number },
): readonly DatedClaim[] {
  const found: DatedClaim[] = [];
  const add = (match: RegExpExecArray, about: Omit<Claim, 'value'>, said: string): void => {
    const { value, since } = dateValue(tidyValue(said), occurredAt);
    const around = sentenceAround(text, match);
    const [other] = resolveDates(around, occurredAt);
    found.push({ claim: { ...about, value }, since: since ?? other?.from });
  };
  for (const [pattern, attribute] of aboutSpeaker)
    for (const match of text.matchAll(pattern)) add(match, { subject: speaker, attribute }, match[1]!);
  for (const match of text.matchAll(possession))
    add(match, { subject: speaker, attribute: match[1]!.replace(/^(new|current) /i, '') }, match[2]!);
  for (const match of text.matchAll(named)) add(match, { subject: match[1]!, attribute: 'is' }, match[2]!);
  return found.filter(({ claim: { value } }) => value !== '' && value.length <= valueMax);
}

/** `Berlin last month` is Berlin since then; `next Friday` alone is that day, and says which. */
function dateValue(value: string, at: number): { readonly value: string; readonly since: number | undefined } {
  const [date] = resolveDates(value, at);
  if (date === undefined) return { value, since: undefined };
  const rest = value
    .replace(date.phrase, '')
    .replace(/\s+(?:on|in|since|from)?\s*$/i, '')
    .trim();
  if (rest !== '' && value.endsWith(date.phrase)) return { value: rest, since: date.from };
  const isRelative = !/\d/.test(date.phrase);
  return { value: isRelative ? `${value} (${formatDay(date.from)})` : value, since: undefined };
}

/** The sentence that a match stands in, without the match. */
function sentenceAround(text: string, { index, 0: match }: RegExpExecArray): string {
  const before = text
    .slice(0, index)
    .split(/[.!?\n]/)
    .at(-1)!;
  const after = text.slice(index + match.length).split(/[.!?\n]/, 1)[0]!;
  return `${before} ${after}`;
}

/** What follows the value in the same breath is not part of it. */
function tidyValue(value: string): string {
  return value.split(/\s+(?:and|but|because|since|so|which|who|now|when|after|with|for)\s/i)[0]!.trim();
}

function sayClaim({ subject, attribute, value }: Claim): string {
  if (attribute === 'is') return `${subject} is ${value}`;
  return /^(lives|works) /.test(attribute)
    ? `${subject} ${attribute} ${value}`
    : `${subject}'s ${attribute} is ${value}`;
}

/** The keys of all claims about a subject are from the first up to, and without, the second. */
export function claimKeysOf(subject: string): readonly [from: string, below: string] {
  return [`${normalForm(subject)}|`, `${normalForm(subject)}}`];
}

/** Claims with one key replace each other. */
export function claimKey({ subject, attribute }: Omit<Claim, 'value'>): string {
  return `${normalForm(subject)}|${normalForm(attribute)}`;
}
