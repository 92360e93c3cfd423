// For tests: random histories, most of them out of order, and what each vendor's documentation says a history must be,
// written without a look at the code that makes them so.

import type { AssistantPart, Message, ToolCallPart, UserPart } from './conversation.ts';
import type { Deployment } from './deployment.ts';

type Target = Pick<Deployment, 'kind' | 'wire' | 'model'>;

export function seeded(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 7), 61 | state) ^ state;
    mixed ^= mixed >>> 14;
    return (mixed >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const times = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make);

/** Up to 14 messages in any order, signed by the model they are said to be from or by some other one. */
export function historyOf(random: Random, from: Target): readonly Message[] {
  const ids: string[] = [];
  return times(Math.floor(random() * 15), (): Message => {
    const role = pick(random, [
      'user',
      'user',
      'assistant',
      'assistant',
      'assistant',
      'tool',
      'tool',
      'system',
    ] as const);
    switch (role) {
      case 'system':
        return { role, parts: times(Math.floor(random() * 2), () => ({ type: 'text', text: pick(random, texts) })) };
      case 'user':
        return { role, parts: times(Math.floor(random() * 3), () => userPart(random)) };
      case 'assistant': {
        const parts = times(Math.floor(random() * 5), () => assistantPart(random, ids));
        return random() < 0.8 ? { role, parts, by: { provider: from.kind, model: from.model } } : { role, parts };
      }
      case 'tool': {
        const parts = times(1 + Math.floor(random() * 3), () => ({
          type: 'tool-result' as const,
          callId: ids.length > 0 && random() < 0.85 ? pick(random, ids) : 'nobody',
          name: pick(random, names),
          content: pick(random, texts),
          isError: random() < 0.2,
        }));
        return { role, parts };
      }
    }
  });
}

const texts = ['', ' ', 'hello', 'a longer text\nof two lines ', '"quoted" \u{1F600}'];
const names = ['look', 'fetch_page', 'run-command'];

function userPart(random: Random): UserPart {
  if (random() < 0.8) return { type: 'text', text: pick(random, texts) };
  return { type: 'image', mediaType: 'image/png', source: { base64: 'AAAA' } };
}

function assistantPart(random: Random, ids: string[]): AssistantPart {
  const chance = random();
  if (chance < 0.35) return { type: 'text', text: pick(random, texts) };
  if (chance < 0.4) return { type: 'refusal', text: 'no' };
  if (chance < 0.6) {
    const signature = random() < 0.7 ? { signature: `signed-${Math.floor(random() * 99)}` } : {};
    return { type: 'reasoning', text: pick(random, texts), ...signature };
  }
  const id = pick(random, [
    `call_${Math.floor(random() * 1e9)}`,
    `toolu_${'0123456789abcdefABCDEF'.repeat(2)}_${Math.floor(random() * 9)}`,
    `fc|${'x'.repeat(70)}`,
    'call_0',
    'a1B2c3D4e',
    'id with spaces',
    '',
  ]);
  ids.push(id);
  const broken = random() < 0.2;
  return {
    type: 'tool-call',
    id,
    name: pick(random, names),
    arguments: broken ? '{"at":' : { at: id.length },
    ...(broken ? { invalid: '{"at":' } : {}),
    ...(random() < 0.3 ? { signature: 'signed-call' } : {}),
  };
}

/** What the vendor of the wire would answer 400 to. */
export function breaches(messages: readonly Message[], target: Target): readonly string[] {
  const found = [...commonBreaches(messages), ...signatureBreaches(messages, target)];
  if (messages.length === 0) found.push('no messages at all');
  const spoken = messages.filter((message) => message.role !== 'system');
  const roles = spoken.map((message) => (message.role === 'tool' ? 'user' : message.role));
  const own = {
    'openai-chat': () => idBreaches(messages, /^.{1,40}$/),
    'openai-responses': () => [...idBreaches(messages, /^.{1,64}$/), ...followedReasoning(messages)],
    'anthropic-messages': () => [
      ...idBreaches(messages, /^[a-zA-Z0-9_-]{1,64}$/),
      ...frontBreaches(messages),
      ...(roles[0] === 'user' ? [] : ['the first message is not from the user']),
      ...(roles.at(-1) === 'user' ? [] : ['the last message is not from the user']),
      ...spoken.flatMap((message, index) =>
        index > 0 && message.role === spoken[index - 1]?.role ? [`two ${message.role} messages in a row`] : [],
      ),
      ...messages.flatMap((message) =>
        message.parts.at(-1)?.type === 'reasoning' ? ['the last block of a message is thinking'] : [],
      ),
    ],
    'google-generate': () => [
      ...frontBreaches(messages),
      ...(roles[0] === 'user' && roles.at(-1) === 'user' ? [] : ['does not begin and end with the user']),
      ...spoken.flatMap((message, index) =>
        index > 0 && message.role === spoken[index - 1]?.role ? ['turns do not alternate'] : [],
      ),
    ],
    'mistral-chat': () => [
      ...idBreaches(messages, /^[a-zA-Z0-9]{9}$/),
      ...frontBreaches(messages),
      ...spoken.flatMap((message, index) => {
        const before = spoken[index - 1]?.role;
        const follows = {
          start: ['user'],
          user: ['assistant'],
          assistant: ['user', 'tool'],
          tool: ['assistant'],
        } as const;
        const allowed: readonly string[] = follows[before ?? 'start'];
        return allowed.includes(message.role) ? [] : [`role ${message.role} after ${before}`];
      }),
      ...(spoken.at(-1)?.role === 'assistant' ? ['the last role is the assistant'] : []),
    ],
    'bedrock-converse': () => [
      ...idBreaches(messages, /^[a-zA-Z0-9_-]{1,64}$/),
      ...frontBreaches(messages),
      ...(roles[0] === 'user' ? [] : ['a conversation must start with a user message']),
    ],
  };
  return [...found, ...own[target.wire]()];
}

const callsIn = (message: Message): readonly ToolCallPart[] =>
  message.role === 'assistant' ? message.parts.filter((part) => part.type === 'tool-call') : [];

function commonBreaches(messages: readonly Message[]): readonly string[] {
  return messages.flatMap((message, index) => {
    const found: string[] = [];
    if (message.parts.length === 0) found.push('an empty message');
    for (const part of message.parts) {
      if (part.type === 'text' && part.text.trim() === '') found.push('an empty text');
      if (part.type !== 'tool-call') continue;
      if (typeof part.arguments !== 'object' || Array.isArray(part.arguments)) found.push('input is not an object');
      if (part.invalid !== undefined) found.push('input is not JSON');
    }
    const asked = callsIn(message).map((call) => `${call.id} ${call.name}`);
    const next = messages[index + 1];
    const answered = next?.role === 'tool' ? next.parts.map((part) => `${part.callId} ${part.name}`) : [];
    if (asked.length > 0 && asked.join() !== answered.join())
      found.push(`calls ${asked.join()} answered by ${answered.join()}`);
    if (message.role === 'tool' && callsIn(messages[index - 1] ?? message).length === 0) {
      found.push('results without calls before them');
    }
    return found;
  });
}

function idBreaches(messages: readonly Message[], shape: RegExp): readonly string[] {
  const ids = messages.flatMap(callsIn).map((call) => call.id);
  const malformed = ids.filter((id) => !shape.test(id)).map((id) => `the id ${JSON.stringify(id)}`);
  return new Set(ids).size === ids.length ? malformed : [...malformed, 'two calls of one id'];
}

function frontBreaches(messages: readonly Message[]): readonly string[] {
  const first = messages.findIndex((message) => message.role !== 'system');
  const late = messages.slice(first === -1 ? messages.length : first).some((message) => message.role === 'system');
  if (late) return ['a system message after others'];
  return first === -1 ? ['nothing but system messages'] : [];
}

function signatureBreaches(messages: readonly Message[], target: Target): readonly string[] {
  return messages.flatMap((message) => {
    if (message.role !== 'assistant') return [];
    const own = message.by?.provider === target.kind && message.by.model === target.model;
    return message.parts.flatMap((part) => {
      if (part.type === 'reasoning' && part.signature === undefined) return ['reasoning that nobody signed'];
      const signed = (part.type === 'reasoning' || part.type === 'tool-call') && part.signature !== undefined;
      if (!signed) return [];
      if (!own) return ['an invalid signature'];
      return part.type === 'tool-call' && target.wire !== 'google-generate' ? ['a signed call'] : [];
    });
  });
}

/** Each reasoning item must be followed by the item it led to. */
function followedReasoning(messages: readonly Message[]): readonly string[] {
  return messages.flatMap((message) =>
    message.parts.at(-1)?.type === 'reasoning' ? ['reasoning without its following item'] : [],
  );
}
