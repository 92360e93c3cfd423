// Conversations in any order, with answers that real wires gave: what a history looks like after models were changed in
// the middle of it, calls were interrupted, and callers wrote parts of it by themselves.

import type { AssistantPart, ChatReply, Message, ToolResultPart, UserPart } from '@chorale/module-models';

export type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const texts = ['', ' ', 'hello', 'two lines\n of text ', '"quoted" \u{1F600}'];
const ids = ['call_0', 'a1B2c3D4e', 'id with spaces', `fc|${'x'.repeat(70)}`, ''];
const image: UserPart = { type: 'image', mediaType: 'image/png', source: { base64: 'iVBORw0KGgo=' } };

/** Up to 12 messages; answers are from `replies`, or written by a caller. */
export function randomConversation(random: Random, replies: readonly ChatReply[]): readonly Message[] {
  const asked: { readonly id: string; readonly name: string }[] = [];
  const count = 1 + Math.floor(random() * 12);
  const messages: Message[] = [];
  for (let index = 0; index < count; index++) {
    const chance = random();
    if (chance < 0.08) messages.push({ role: 'system', parts: [{ type: 'text', text: pick(random, texts) }] });
    else if (chance < 0.35) {
      messages.push({ role: 'user', parts: random() < 0.1 ? [image] : [{ type: 'text', text: pick(random, texts) }] });
    } else if (chance < 0.75) {
      const message = random() < 0.8 ? replied(pick(random, replies)) : written(random);
      messages.push(message);
      for (const part of message.parts) if (part.type === 'tool-call') asked.push({ id: part.id, name: part.name });
    } else {
      const open = asked.splice(0, 1 + Math.floor(random() * 3));
      const answered = random() < 0.85 ? open : [...open, { id: 'nobody', name: 'look' }];
      const parts = answered.map((call): ToolResultPart => {
        const content = pick(random, texts);
        return { type: 'tool-result', callId: call.id, name: call.name, content, isError: random() < 0.2 };
      });
      if (parts.length > 0) messages.push({ role: 'tool', parts });
    }
  }
  return messages;
}

type AssistantMessage = Extract<Message, { role: 'assistant' }>;

const replied = ({ parts, by }: ChatReply): AssistantMessage => ({ role: 'assistant', parts, by });

function written(random: Random): AssistantMessage {
  const call: AssistantPart =
    random() < 0.3
      ? { type: 'tool-call', id: pick(random, ids), name: 'look', arguments: {}, invalid: '{"at":' }
      : { type: 'tool-call', id: pick(random, ids), name: 'look', arguments: { at: 'here' } };
  const parts: AssistantPart[] = [{ type: 'text', text: pick(random, texts) }];
  if (random() < 0.6) parts.push(call);
  if (random() < 0.2) parts.unshift({ type: 'reasoning', text: 'made up', signature: 'forged' });
  return { role: 'assistant', parts };
}
