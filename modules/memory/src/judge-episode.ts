// The gate: what of all that is said becomes a memory. Most of what agents write is junk; what was let in is hard to get out.

import type { Memory, SpeakerRole } from './memory.ts';
import { splitTerms } from './split-terms.ts';
import { coveredWords, nearShare, normalForm, sharedWords } from './text-form.ts';

export type Verdict =
  | { readonly outcome: 'remembered' }
  | { readonly outcome: 'quarantined' | 'duplicate' | 'echo' | 'noise' | 'capped'; readonly reason: string };

export interface Judged {
  readonly text: string;
  readonly speaker: string;
  readonly role: SpeakerRole;
}

export interface GateContext {
  /** Memories of the scope that may say the same. */
  readonly alike: readonly Memory[];
  /** What was put before the one who speaks. */
  readonly recalled: readonly Memory[];
  /** How many memories the session has. */
  readonly kept: number;
}

/** A session writes no more than this; a loop that writes for ever is a fault. */
export const sessionMemoriesMax = 5_000;
/** Of the words that were recalled, so many make an answer an echo. */
const echoShare = 0.7;

export function judgeEpisode(said: Judged, { alike, recalled, kept }: GateContext): Verdict {
  const noise = findNoise(said);
  if (noise !== undefined) return { outcome: 'noise', reason: noise };
  const form = normalForm(said.text);
  const sources = recalled.map(({ body }) => body);
  if (sources.some((body) => normalForm(body) === form))
    return { outcome: 'echo', reason: 'repeats what was recalled' };
  if (said.role !== 'person' && sources.length > 0 && coveredWords(said.text, sources) >= echoShare) {
    return { outcome: 'echo', reason: 'says again what was recalled' };
  }
  const same = alike.find((memory) => memory.retractedAt === undefined && isRepeat(said, form, memory));
  if (same !== undefined) return { outcome: 'duplicate', reason: `says the same as ${same.memoryId}` };
  if (kept >= sessionMemoriesMax) return { outcome: 'capped', reason: `the session has ${kept} memories` };
  const suspicion = findSuspicion(said);
  return suspicion === undefined ? { outcome: 'remembered' } : { outcome: 'quarantined', reason: suspicion };
}

/** What another says in the same words is said by another; a person's near repeat may differ in the word that counts. */
function isRepeat(said: Judged, form: string, memory: Memory): boolean {
  if (memory.speaker !== said.speaker) return false;
  if (normalForm(memory.body) === form) return true;
  return said.role !== 'person' && sharedWords(memory.body, said.text) >= nearShare;
}

const doing =
  'assist|help|provide|comply|do (that|this)|fulfil|fulfill|complete|share|access|browse|answer|discuss|engage|continue|generate|' +
  'process|perform|create|give|offer|write|respond|talk|support';
/** A sentence that says only that nothing is said. */
const refusals = [
  new RegExp(
    "\\b(i|we)( am| are|'m|'re)? ?(can't|cannot|can not|couldn't|could not|unable to|not able to|won't be able to|not allowed to|" +
      `not permitted to|must decline to|have to decline to|decline to)\\b.{0,40}\\b(${doing})\\b`,
    'i',
  ),
  /\bas (an? )?(ai|artificial intelligence|large language model|language model|assistant)\b/i,
  /\b(i|we) (do not|don't) have (access|the ability|the capability|enough information|any information|personal|feelings|opinions)\b/i,
  /\b(against|violates?) (my|our|the) (guidelines|policy|policies|programming)\b/i,
  /\b(i'd|i would|i) (rather not|prefer not to|decline)\b/i,
  /\bnot something (i|we) (can|am able to|'m able to)\b/i,
  /^no (information|data|results?|memor(y|ies)|records?)\b.{0,30}\b(available|found|about|on that|to share)\b/i,
  /^(i('m| am)?|we('re| are)?|my)? ?(so |very |really )?(sorry|afraid|apologies|apologi[sz]e|regret)\b.{0,20}$/i,
  /^unfortunately$/i,
];
/** A sentence of courtesy. */
const courtesies = [
  /^(hi|hello|hey|greetings|welcome|good (morning|afternoon|evening))\b.{0,25}$/i,
  /^(sure( thing)?|certainly|of course|absolutely|great( question)?|okay|ok|got it|understood|no problem|you're welcome|thank(s| you)( so much| very much)?|noted|will do|sounds good|perfect|alright|my pleasure|glad to hear (it|that))$/i,
  /\b(how|what) (can|may|could|should) (i|we) (help|assist|do)\b/i,
  /\b(let me know|feel free to|don't hesitate to|do not hesitate to)\b.{0,80}$/i,
  /\banything else\b/i,
  /\b(happy|glad|here|pleased|ready) to (help|assist)\b/i,
  /\bhope (this|that) (helps|is helpful)\b/i,
  /^(please wait|loading|processing|working on it|one moment|just a (moment|second|minute)|hang tight|thinking|hold on)\b.{0,25}$/i,
];
const machine =
  /^(heartbeat|ping|pong|ok|done|null|undefined|none|n\/a|nan|true|false|success|error|failed|yes|no|\{\}|\[\]|exit code:? ?\d+|status:? ?(ok|\d+)|no output|\(empty\))[\s._-]*(ok|heartbeat|ack)?[\s.!]*$/i;

function findNoise({ text, role }: Judged): string | undefined {
  if (splitTerms(text).length === 0) return 'has no words that say anything';
  if (machine.test(text.trim())) return 'is the output of a machine that says nothing';
  if (role === 'person') return undefined;
  const plain = text.replaceAll('\u2019', "'");
  const sentences = (plain.match(/[^.!?\n\u2026]+/g) ?? []).map((sentence) => sentence.trim());
  const refused = sentences.filter((sentence) => refusals.some((pattern) => pattern.test(sentence)));
  const rest = sentences.filter(
    (sentence) => !refused.includes(sentence) && !courtesies.some((pattern) => pattern.test(sentence)),
  );
  if (splitTerms(rest.join(' ')).length > 0) return undefined;
  return refused.length > 0 ? 'is a refusal' : 'is boilerplate';
}

const commands =
  /\b(ignore|disregard|forget|override)\b.{0,30}\b(previous|prior|above|earlier|all|your)\b.{0,30}\b(instructions?|prompts?|rules?|guidelines?|context)\b|\byou (are|must act as) now\b|\b(system|developer) prompt\b|<\/?(system|assistant|instructions?)>/i;

/** What comes from programs and gives orders may be an attack. */
function findSuspicion({ text, role }: Judged): string | undefined {
  return role !== 'person' && commands.test(text) ? 'gives orders to the one who reads it' : undefined;
}
