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

const refusals = [
  /\b(i('| a)?m|we('| a)?re) (really |very |so )?(sorry|afraid)\b.{0,60}\b(can('|no)?t|cannot|unable|not able|won't|don't have)\b/i,
  /\b(i|we) (can('|no)?t|cannot|am unable to|'m unable to|am not able to|'m not able to|won't be able to|must decline to|have to decline)\b.{0,40}\b(assist|help|provide|comply|do that|fulfil|fulfill|complete|share|access|browse|answer|discuss|engage|continue|generate|process|perform)\b/i,
  /\bas (an? )?(ai|artificial intelligence|large language model|language model|assistant)\b/i,
  /\b(i|we) (do not|don't) have (access|the ability|the capability|enough information|any information|personal)\b/i,
  /\b(against|violates?) (my|our|the) (guidelines|policy|policies|programming)\b/i,
  /\b(i'd|i would|i) (rather not|prefer not to|decline)\b.{0,60}\b(request|that|this|help|answer|discuss)\b/i,
  /\bnot something (i|we) (can|am able to|'m able to)\b/i,
  /\bno (information|data|results?|memor(y|ies)|records?)\b.{0,30}\b(available|found|about|on that|to share)\b/i,
];
const boilerplate = [
  /^(hi|hello|hey|greetings|welcome)\b.{0,40}\b(how (can|may) i (help|assist)|what can i do for you|how are you today)/i,
  /^(sure|certainly|of course|absolutely|great|okay|ok|got it|understood|no problem|you'?re welcome|thank you|thanks|noted|will do|sounds good|perfect|alright)\b[^.!?]{0,40}[.!]*( (let me know|feel free|happy to help|glad|is there|i'?m here|just)[^.!?]*[.!?]*)*$/i,
  /\b(let me know|feel free to (ask|reach out|let me know)|don'?t hesitate to)\b.{0,80}$/i,
  /\bis there anything else\b|\banything else i can (help|do|assist)\b|\bhappy to help\b|\bglad (i could|to) help\b|\bhope (this|that) helps\b/i,
  /\b(please wait|loading|processing|working on it|one moment|just a (moment|second)|hang tight|thinking)\b[ .!…]*$/i,
];
const machine =
  /^(heartbeat|ping|pong|ok|done|null|undefined|none|n\/a|nan|true|false|success|error|failed|yes|no|\{\}|\[\]|exit code:? ?\d+|status:? ?(ok|\d+)|no output|\(empty\))[\s._-]*(ok|heartbeat|ack)?[\s.!]*$/i;
/** A text of so many words says something even where it begins or ends like boilerplate. */
const boilerplateTermsMax = 14;
const refusalTermsMax = 40;

function findNoise({ text, role }: Judged): string | undefined {
  const terms = splitTerms(text);
  if (terms.length === 0) return 'has no words that say anything';
  if (machine.test(text.trim())) return 'is the output of a machine that says nothing';
  if (role === 'person') return undefined;
  if (terms.length <= refusalTermsMax && refusals.some((pattern) => pattern.test(text))) return 'is a refusal';
  if (terms.length <= boilerplateTermsMax && boilerplate.some((pattern) => pattern.test(text.trim())))
    return 'is boilerplate';
  return undefined;
}

const commands =
  /\b(ignore|disregard|forget|override)\b.{0,30}\b(previous|prior|above|earlier|all|your)\b.{0,30}\b(instructions?|prompts?|rules?|guidelines?|context)\b|\byou (are|must act as) now\b|\b(system|developer) prompt\b|<\/?(system|assistant|instructions?)>/i;

/** What comes from programs and gives orders may be an attack. */
function findSuspicion({ text, role }: Judged): string | undefined {
  return role !== 'person' && commands.test(text) ? 'gives orders to the one who reads it' : undefined;
}
