// Who speaks when: the order of roles that a wire format takes, made from any order by moving, merging and adding.

import type { AssistantPart, Message } from './conversation.ts';
import type { Note } from './handoff.ts';
import type { WireRules } from './wire-rules.ts';

const opening = 'The conversation began before this point.';
const bridge = 'I have the results.';
const ending = 'Go on.';

/** Expects that every call is directly followed by its results and that no message is empty. */
export function arrangeTurns(messages: readonly Message[], rules: WireRules, note: Note): readonly Message[] {
  const ordered = rules.systemFirst ? systemFirst(messages, note) : messages;
  const merged = rules.alternates ? merge(ordered, note) : ordered;
  // No wire takes a conversation without a message.
  const opened = rules.opensWithUser || merged.length === 0 ? open(merged, note) : merged;
  const bridged = rules.userAfterTool ? opened : addBridges(opened, note);
  const last = bridged.at(-1);
  if (!rules.endsWithUser || last?.role !== 'assistant') return bridged;
  note('ending-added');
  return [...bridged, say('user', ending)];
}

function say(role: 'user' | 'assistant', text: string): Message {
  return { role, parts: [{ type: 'text', text }] };
}

function systemFirst(messages: readonly Message[], note: Note): readonly Message[] {
  const first = messages.findIndex((message) => message.role !== 'system');
  const begin = first === -1 ? messages.length : first;
  const later = messages.slice(begin);
  const moved = later.filter((message) => message.role === 'system');
  for (const _ of moved) note('system-moved');
  return [...messages.slice(0, begin), ...moved, ...later.filter((message) => message.role !== 'system')];
}

/** System messages stay apart: every wire that alternates carries them in a place of their own. */
function merge(messages: readonly Message[], note: Note): readonly Message[] {
  const merged: Message[] = [];
  for (const message of messages) {
    const before = merged.at(-1);
    if (before?.role === 'user' && message.role === 'user') {
      merged[merged.length - 1] = { role: 'user', parts: [...before.parts, ...message.parts] };
    } else if (before?.role === 'assistant' && message.role === 'assistant') {
      merged[merged.length - 1] = {
        ...message,
        parts: [...withoutReasoning(before.parts, note), ...withoutReasoning(message.parts, note)],
      };
    } else {
      merged.push(message);
      continue;
    }
    note('messages-merged');
  }
  return merged;
}

/** Reasoning is signed for the place where it stood. */
function withoutReasoning(parts: readonly AssistantPart[], note: Note): readonly AssistantPart[] {
  return parts.filter((part) => {
    if (part.type === 'reasoning') note('reasoning-dropped');
    return part.type !== 'reasoning';
  });
}

function open(messages: readonly Message[], note: Note): readonly Message[] {
  const first = messages.findIndex((message) => message.role !== 'system');
  if (first !== -1 && messages[first]?.role === 'user') return messages;
  note('opening-added');
  const begin = first === -1 ? messages.length : first;
  return [...messages.slice(0, begin), say('user', opening), ...messages.slice(begin)];
}

function addBridges(messages: readonly Message[], note: Note): readonly Message[] {
  return messages.flatMap((message, index) => {
    if (message.role !== 'user' || messages[index - 1]?.role !== 'tool') return [message];
    note('bridge-added');
    return [say('assistant', bridge), message];
  });
}
