// What of a person's words is more than an episode: what is to be remembered or forgotten, how things are to be done, and
// claims that a later one replaces. By patterns, the same every time; a model may add to it later and takes nothing away.

import type { Claim } from './memory.ts';
import type { Judged } from './judge-episode.ts';
import { findInstructions } from './standing-instructions.ts';
import { normalForm } from './text-form.ts';

export interface Extracted {
  readonly kind: 'semantic' | 'procedural';
  readonly body: string;
  readonly claim: Claim | undefined;
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

export function extractMemories({ text, speaker, role }: Judged): Extraction {
  if (role !== 'person') return { memories: [], forget: [] };
  const claims = findClaims(text, speaker);
  const memories: Extracted[] = [
    ...claims.map((claim) => ({ kind: 'semantic' as const, body: sayClaim(claim), claim })),
    ...[...text.matchAll(explicit)].map(([, body]) => ({ kind: 'semantic' as const, body: body!, claim: undefined })),
    ...findInstructions(text).map((body) => ({ kind: 'procedural' as const, body, claim: undefined })),
  ];
  const forget = [...text.matchAll(forgetting)].map(([, body]) => normalForm(body!));
  const byBody = new Map(memories.map((memory) => [normalForm(memory.body), memory]));
  // What is all of the episode is found as the episode.
  const distinct = [...byBody.values()].filter(
    ({ body, claim, kind }) => claim !== undefined || kind === 'procedural' || normalForm(body) !== normalForm(text),
  );
  return { memories: distinct.slice(0, extractedMax), forget };
}

function findClaims(text: string, speaker: string): readonly Claim[] {
  const found: Claim[] = [];
  for (const [pattern, attribute] of aboutSpeaker)
    for (const [, value] of text.matchAll(pattern))
      found.push({ subject: speaker, attribute, value: tidyValue(value!) });
  for (const [, attribute, value] of text.matchAll(possession))
    found.push({ subject: speaker, attribute: attribute!.replace(/^(new|current) /i, ''), value: tidyValue(value!) });
  for (const [, subject, value] of text.matchAll(named))
    found.push({ subject: subject!, attribute: 'is', value: tidyValue(value!) });
  return found.filter(({ value }) => value !== '' && value.length <= valueMax);
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
