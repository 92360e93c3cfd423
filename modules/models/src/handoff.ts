// A conversation that began with one model goes on with another: the history is made into one that the target's wire
// format takes. Pure, and the same again when it is applied twice, so that it may stand before every call.
//
// Invariants: nothing signed goes to anybody but the model that signed it; what is said is never lost; every change is
//             counted. The rules are HO1 to HO7 of SPEC.md.

import { refused } from '@chorale/lib-errors';
import type { AssistantPart, Message, Provenance, TextPart, UserPart } from './conversation.ts';
import type { Deployment } from './deployment.ts';
import { pairResults, renameCalls } from './handoff-calls.ts';
import { arrangeTurns } from './handoff-turns.ts';
import { rulesOf, type WireRules } from './wire-rules.ts';

export type HandoffChange =
  | 'reasoning-dropped'
  | 'signature-dropped'
  | 'call-id-changed'
  | 'arguments-replaced'
  | 'result-missing'
  | 'result-orphan'
  | 'result-moved'
  | 'empty-dropped'
  | 'image-noted'
  | 'system-moved'
  | 'messages-merged'
  | 'opening-added'
  | 'bridge-added'
  | 'ending-added';

export type Note = (change: HandoffChange) => void;

export interface PreparedHistory {
  readonly messages: readonly Message[];
  /** How often each kind of change was made; empty when nothing was. */
  readonly changes: Readonly<Partial<Record<HandoffChange, number>>>;
}

export interface HandoffOptions {
  /** What becomes of images that the target cannot see. Default `note`. */
  readonly images?: 'note' | 'refuse';
}

/** @throws refused `images-unsupported` when images are to be refused and the target has no `images`. */
export function prepareHistory(
  messages: readonly Message[],
  target: Pick<Deployment, 'id' | 'kind' | 'wire' | 'model' | 'capabilities'>,
  options: HandoffOptions = {},
): PreparedHistory {
  const changes: Partial<Record<HandoffChange, number>> = {};
  const note: Note = (change) => {
    changes[change] = (changes[change] ?? 0) + 1;
  };
  const rules = rulesOf(target);
  const paired = pairResults(messages, note);
  const fitted = paired.map((message) => fitParts(message, { target, rules, options, note }));
  const arranged = arrangeTurns(dropEmpty(fitted, note), rules, note);
  return { messages: renameCalls(arranged, rules, note), changes };
}

interface Fitting {
  readonly target: Pick<Deployment, 'id' | 'kind' | 'model' | 'capabilities'>;
  readonly rules: WireRules;
  readonly options: HandoffOptions;
  readonly note: Note;
}

function fitParts(message: Message, fitting: Fitting): Message {
  switch (message.role) {
    case 'system':
    case 'tool':
      return message;
    case 'user':
      return { role: 'user', parts: message.parts.map((part) => fitUserPart(part, fitting)) };
    case 'assistant': {
      const own = message.by !== undefined && madeBy(message.by, fitting.target);
      return { ...message, parts: fitAssistantParts(message.parts, own, fitting) };
    }
  }
}

function fitUserPart(part: UserPart, { target, options, note }: Fitting): UserPart {
  if (part.type !== 'image' || target.capabilities.includes('images')) return part;
  if (options.images === 'refuse') {
    throw refused('images-unsupported', `${target.id} cannot see images, and the conversation has one`, {
      action: 'Name a model that has images, or let images be replaced by a note.',
    });
  }
  note('image-noted');
  return { type: 'text', text: `[An image (${part.mediaType}) stood here; this model cannot see images.]` };
}

function fitAssistantParts(
  parts: readonly AssistantPart[],
  own: boolean,
  { rules, note }: Fitting,
): readonly AssistantPart[] {
  const lastContent = parts.findLastIndex((part) => part.type !== 'reasoning' && !isEmpty(part));
  return parts.flatMap((part, index): readonly AssistantPart[] => {
    if (part.type === 'reasoning') {
      const leads = rules.reasoning === 'anywhere' ? lastContent >= 0 : index < lastContent;
      if (own && part.signature !== undefined && rules.reasoning !== 'never' && leads) return [part];
      note('reasoning-dropped');
      return [];
    }
    if (part.type !== 'tool-call') return [part];
    const isObject = typeof part.arguments === 'object' && part.arguments !== null && !Array.isArray(part.arguments);
    // Some wires take nothing but an object; what the model really wrote stands in the result that refused it.
    const sound = isObject && part.invalid === undefined;
    if (!sound) note('arguments-replaced');
    const { invalid: _, signature, ...call } = part;
    const kept = signature !== undefined && own && rules.signedCalls;
    if (signature !== undefined && !kept) note('signature-dropped');
    return [{ ...call, arguments: sound ? part.arguments : {}, ...(kept ? { signature } : {}) }];
  });
}

/** Providers answer with the dated name of a model that was asked for without a date, and the other way round. */
const undated = (model: string): string => model.replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2}|\d{3,4}|latest)$/, '');

function madeBy(by: Provenance, target: Pick<Deployment, 'kind' | 'model'>): boolean {
  return by.provider === target.kind && undated(by.model) === undated(target.model);
}

const isBlank = (part: TextPart): boolean => part.text.trim() === '';
const isEmpty = (part: AssistantPart | UserPart): boolean => part.type === 'text' && isBlank(part);

function dropEmpty(messages: readonly Message[], note: Note): readonly Message[] {
  return messages.flatMap((message): readonly Message[] => {
    if (message.role === 'tool') return [message];
    const kept = message.parts.filter((part: AssistantPart | UserPart) => !isEmpty(part));
    for (let index = kept.length; index < message.parts.length; index++) note('empty-dropped');
    if (kept.length > 0) return [{ ...message, parts: kept } as Message];
    if (message.parts.length === 0) note('empty-dropped');
    return [];
  });
}
