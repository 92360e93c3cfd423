// Tool calls and their results on the way to another provider: every call is answered directly after it, once, and
// every id is one that the target takes.
//
// Invariants: HC1 the id that a call gets depends on its own id and on how often that id came before, never on where it
//                 stands: a longer conversation keeps the ids it had, and with them the provider's prompt cache.

import type { AssistantPart, Message, ToolCallPart, ToolResultPart } from './conversation.ts';
import type { Note } from './handoff.ts';
import type { WireRules } from './wire-rules.ts';

const unanswered = 'This call was never answered: it was interrupted before it had a result.';

interface OpenCall {
  readonly call: ToolCallPart;
  readonly message: number;
  result?: ToolResultPart;
}

/** Puts each result directly after its call, fills in missing ones, and drops those without a call. */
export function pairResults(messages: readonly Message[], note: Note): readonly Message[] {
  const calls = matchResults(messages, note);
  return messages.flatMap((message, index): readonly Message[] => {
    if (message.role === 'tool') return [];
    const own = calls.get(index);
    return own === undefined ? [message] : [message, { role: 'tool', parts: own.map((open) => answerOf(open, note)) }];
  });
}

/** The calls of each message, with their results. */
function matchResults(messages: readonly Message[], note: Note): ReadonlyMap<number, readonly OpenCall[]> {
  const calls = new Map<number, readonly OpenCall[]>();
  const open = new Map<string, OpenCall[]>();
  let lastOther = -1;
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'tool') lastOther = index;
    if (message.role === 'assistant') {
      const own = callsOf(message.parts).map((call): OpenCall => ({ call, message: index }));
      if (own.length > 0) calls.set(index, own);
      for (const each of own) open.set(each.call.id, [...(open.get(each.call.id) ?? []), each]);
    }
    if (message.role !== 'tool') continue;
    for (const part of message.parts) {
      const answered = takeCall(open.get(part.callId) ?? []);
      if (answered === undefined) {
        note('result-orphan');
        continue;
      }
      answered.result = part;
      if (answered.message !== lastOther) note('result-moved');
    }
  }
  return calls;
}

/** Some models count their calls anew in each answer: a result belongs to the newest answer with its id. */
function takeCall(open: OpenCall[]): OpenCall | undefined {
  const newest = open.at(-1)?.message;
  const index = open.findIndex((call) => call.message === newest);
  return index === -1 ? undefined : open.splice(index, 1)[0];
}

const callsOf = (parts: readonly AssistantPart[]): readonly ToolCallPart[] =>
  parts.filter((part): part is ToolCallPart => part.type === 'tool-call');

function answerOf({ call, result }: OpenCall, note: Note): ToolResultPart {
  if (result !== undefined) return result.name === call.name ? result : { ...result, name: call.name };
  note('result-missing');
  return { type: 'tool-result', callId: call.id, name: call.name, content: unanswered, isError: true };
}

/** Gives every call, and its result with it, an id that the target takes and no other call has. Expects pairs. */
export function renameCalls(messages: readonly Message[], rules: WireRules, note: Note): readonly Message[] {
  const names = namesOf(messages, rules);
  const renamed: Message[] = [];
  let next = 0;
  let current: readonly string[] = [];
  for (const message of messages) {
    if (message.role === 'assistant') {
      const count = callsOf(message.parts).length;
      current = names.slice(next, next + count);
      next += count;
      renamed.push(count === 0 ? message : { ...message, parts: renameParts(message.parts, current, note) });
    } else if (message.role === 'tool') {
      const parts = message.parts.map((part, index) => ({ ...part, callId: current[index] ?? part.callId }));
      renamed.push({ role: 'tool', parts });
    } else {
      renamed.push(message);
    }
  }
  return renamed;
}

function renameParts(parts: readonly AssistantPart[], names: readonly string[], note: Note): readonly AssistantPart[] {
  let index = 0;
  return parts.map((part) => {
    if (part.type !== 'tool-call') return part;
    const id = names[index++] ?? part.id;
    if (id === part.id) return part;
    note('call-id-changed');
    return { ...part, id };
  });
}

/** The new id of each call, in order. */
function namesOf(messages: readonly Message[], rules: WireRules): readonly string[] {
  const ids = messages.flatMap((message) =>
    message.role === 'assistant' ? callsOf(message.parts).map((call) => call.id) : [],
  );
  const taken = new Set(ids.filter((id) => rules.callId.test(id)));
  const seen = new Map<string, number>();
  return ids.map((id) => {
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    if (before === 0 && rules.callId.test(id)) return id;
    for (let salt = 0; ; salt++) {
      const made = hashWord(`${id}\u0000${before}\u0000${salt}`, rules.callIdLength);
      if (taken.has(made)) continue;
      taken.add(made);
      return made;
    }
  });
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Letters and digits that follow from the text alone: FNV-1a, drawn out by a linear congruence. */
function hashWord(text: string, length: number): string {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  let word = '';
  while (word.length < length) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39;
    word += letters[((state >>> 8) & 0xffffff) % letters.length];
  }
  return word;
}
