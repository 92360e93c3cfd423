import { describe, expect, test } from 'vitest';
import { isDeepStrictEqual } from 'node:util';
import type { Message, ReasoningPart, ToolCallPart } from './conversation.ts';
import type { Deployment, ProviderKind, Wire } from './deployment.ts';
import { breaches, historyOf, seeded } from './handoff.fixture.ts';
import { prepareHistory } from './handoff.ts';

type Target = Pick<Deployment, 'id' | 'kind' | 'wire' | 'model' | 'capabilities'>;

const targets: Readonly<Record<Wire, Target>> = {
  'openai-chat': target('openai', 'openai-chat', 'gpt-5-mini'),
  'openai-responses': target('openai', 'openai-responses', 'gpt-5'),
  'anthropic-messages': target('anthropic', 'anthropic-messages', 'claude-sonnet-4-5'),
  'google-generate': target('google', 'google-generate', 'gemini-3-pro'),
  'mistral-chat': target('mistral', 'mistral-chat', 'mistral-large-latest'),
  'bedrock-converse': target('bedrock', 'bedrock-converse', 'amazon.nova-pro-v1:0'),
};
const wires = Object.keys(targets) as Wire[];

function target(kind: ProviderKind, wire: Wire, model: string): Target {
  return { id: `${kind}/${model}`, kind, wire, model, capabilities: ['tools', 'images', 'reasoning'] };
}

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const call = (id: string, extra: Partial<ToolCallPart> = {}): ToolCallPart => ({
  type: 'tool-call',
  id,
  name: 'look',
  arguments: { at: id },
  ...extra,
});
const calls = (...parts: ToolCallPart[]): Message => ({ role: 'assistant', parts });
const result = (callId: string, content = `result of ${callId}`): Message => ({
  role: 'tool',
  parts: [{ type: 'tool-result', callId, name: 'look', content, isError: false }],
});
const thought = (signature?: string): ReasoningPart => ({
  type: 'reasoning',
  text: 'hm',
  ...(signature === undefined ? {} : { signature }),
});

describe('a history handed to another provider', () => {
  for (const from of wires) {
    for (const to of wires) {
      test(`[HO1] 1,000 random histories from ${from} keep every rule of ${to}, and preparing again changes nothing`, () => {
        const random = seeded(wires.indexOf(from) * 7 + wires.indexOf(to) + 1);
        const failures: object[] = [];
        for (let round = 0; round < 1_000; round++) {
          const history = historyOf(random, targets[from]);
          const prepared = prepareHistory(history, targets[to]);
          const again = prepareHistory(prepared.messages, targets[to]);
          const found = breaches(prepared.messages, targets[to]);
          const stable = isDeepStrictEqual(again, { messages: prepared.messages, changes: {} });
          if (found.length > 0 || !stable) failures.push({ round, found, stable, history, prepared });
        }
        expect(failures.slice(0, 1)).toEqual([]);
      });
    }
  }

  test('[HO1] the checker of the random histories refuses the histories as they are', () => {
    const random = seeded(5);
    const histories = Array.from({ length: 200 }, () => historyOf(random, targets['openai-chat']));
    for (const wire of wires) {
      const refused = histories.filter((history) => breaches(history, targets[wire]).length > 0).length;
      expect(refused, wire).toBeGreaterThan(100);
    }
  });
});

describe('what is signed', () => {
  const signed: readonly Message[] = [
    user('hi'),
    {
      role: 'assistant',
      parts: [thought('sig'), { type: 'text', text: 'hello' }],
      by: { provider: 'anthropic', model: 'claude-sonnet-4-5-20250929' },
    },
    user('and now'),
  ];

  test('[HO2] reasoning goes back to the model that signed it, also under its dated name', () => {
    const kept = prepareHistory(signed, targets['anthropic-messages']);
    expect(kept).toEqual({ messages: signed, changes: {} });
  });

  test('[HO2] reasoning goes to no other provider and to no other model', () => {
    const elsewhere = [targets['google-generate'], targets['openai-responses'], targets['openai-chat']];
    const sibling = target('anthropic', 'anthropic-messages', 'claude-opus-4-1');
    for (const to of [...elsewhere, sibling]) {
      const { messages, changes } = prepareHistory(signed, to);
      expect(JSON.stringify(messages)).not.toContain('sig');
      expect(changes).toEqual({ 'reasoning-dropped': 1 });
    }
  });

  test('[HO2] unsigned reasoning, and reasoning a caller wrote, is dropped', () => {
    const by = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
    const text = { type: 'text', text: 'hello' } as const;
    const unsigned: Message = { role: 'assistant', parts: [thought(), text], by };
    const written: Message = { role: 'assistant', parts: [thought('sig'), text] };
    for (const message of [unsigned, written]) {
      const { messages } = prepareHistory([user('a'), message, user('b')], targets['anthropic-messages']);
      expect(messages[1]?.parts).toEqual([text]);
    }
  });

  test('[HO2] the signature of a call goes back to Google and to nobody else', () => {
    const by = { provider: 'google', model: 'gemini-3-pro' };
    const history = [user('a'), { ...calls(call('one', { signature: 'sig' })), by } as Message, result('one')];
    expect(JSON.stringify(prepareHistory(history, targets['google-generate']).messages)).toContain('sig');
    const other = prepareHistory(history, targets['mistral-chat']);
    expect(JSON.stringify(other.messages)).not.toContain('sig');
    expect(other.changes).toMatchObject({ 'signature-dropped': 1 });
  });
});

describe('tool calls', () => {
  test('[HO3] ids become ones that the target takes, the same in call and result, whatever follows', () => {
    const history = [user('a'), calls(call(`call|${'x'.repeat(60)}`)), result(`call|${'x'.repeat(60)}`)];
    for (const [wire, shape] of [
      ['openai-chat', /^[a-zA-Z0-9_-]{1,40}$/],
      ['mistral-chat', /^[a-zA-Z0-9]{9}$/],
      ['anthropic-messages', /^[a-zA-Z0-9_-]{1,64}$/],
    ] as const) {
      const short = idsOf(prepareHistory(history, targets[wire]).messages);
      const long = idsOf(prepareHistory([...history, calls(call('b')), result('b')], targets[wire]).messages);
      expect(short[0]).toMatch(shape);
      expect(short[1]).toBe(short[0]);
      expect(long.slice(0, 2)).toEqual(short);
    }
  });

  test('[HO3] a model that counts its calls anew in each answer gets its own results', () => {
    const history = [
      user('a'),
      calls(call('call_0')),
      user('never mind'),
      calls(call('call_0'), call('call_0')),
      result('call_0', 'first'),
      result('call_0', 'second'),
    ];
    const { messages } = prepareHistory(history, targets['anthropic-messages']);
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'user', 'assistant', 'tool']);
    expect(messages[2]?.parts).toMatchObject([{ isError: true }]);
    expect(messages[5]?.parts).toMatchObject([{ content: 'first' }, { content: 'second' }]);
    expect(new Set(idsOf(messages)).size).toBe(3);
  });

  test('[HO4] a call without a result gets one that says so; a result without a call is dropped and counted', () => {
    const { messages, changes } = prepareHistory([user('a'), calls(call('b')), result('c')], targets['openai-chat']);
    expect(messages[2]?.parts).toMatchObject([{ callId: 'b', isError: true, content: /never answered/ }]);
    expect(changes).toEqual({ 'result-missing': 1, 'result-orphan': 1 });
  });

  test('[HO4] a result that stands too late is moved to its call', () => {
    const { messages, changes } = prepareHistory(
      [user('a'), calls(call('b')), user('wait'), result('b')],
      targets['openai-chat'],
    );
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'user']);
    expect(changes).toEqual({ 'result-moved': 1 });
  });

  test('[HO5] arguments that are no JSON object are sent as an empty one', () => {
    const broken = calls(call('a', { arguments: '{"x', invalid: '{"x' }), call('b', { arguments: [1] }));
    const { messages, changes } = prepareHistory([user('q'), broken], targets['anthropic-messages']);
    expect(messages[1]?.parts).toMatchObject([{ arguments: {} }, { arguments: {} }]);
    expect(changes).toMatchObject({ 'arguments-replaced': 2 });
  });
});

describe('who speaks when', () => {
  test('[HO6] system messages move to the front where the wire wants them there, and stay elsewhere', () => {
    const history: readonly Message[] = [
      user('a'),
      { role: 'system', parts: [{ type: 'text', text: 's' }] },
      user('b'),
    ];
    const front = prepareHistory(history, targets['anthropic-messages']);
    expect(front.messages.map((message) => message.role)).toEqual(['system', 'user']);
    expect(front.messages[1]?.parts).toHaveLength(2);
    expect(prepareHistory(history, targets['openai-chat']).messages).toEqual(history);
  });

  test('[HO6] a server with a chat template is treated as the strictest template', () => {
    const local = { ...target('llama.cpp', 'openai-chat', 'any') };
    const { messages } = prepareHistory([calls(call('a')), user('b'), user('c')], local);
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'user']);
  });

  test('[HO6] Mistral never sees a user directly after a tool', () => {
    const { messages } = prepareHistory([user('a'), calls(call('b')), result('b'), user('c')], targets['mistral-chat']);
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  });

  test('[HO6] a history of nothing but blanks still has something to answer', () => {
    const { messages } = prepareHistory([user(' ')], targets['anthropic-messages']);
    expect(messages.map((message) => message.role)).toEqual(['user']);
  });
});

describe('images', () => {
  const history: readonly Message[] = [
    { role: 'user', parts: [{ type: 'image', mediaType: 'image/png', source: { base64: 'AAAA' } }] },
  ];
  const blind = { ...targets['openai-chat'], capabilities: [] };

  test('[HO7] become a note for a model that cannot see', () => {
    const { messages, changes } = prepareHistory(history, blind);
    expect(messages[0]?.parts[0]).toMatchObject({ type: 'text', text: /image\/png/ });
    expect(changes).toEqual({ 'image-noted': 1 });
    expect(prepareHistory(history, targets['openai-chat']).messages).toEqual(history);
  });

  test('[HO7] are refused when that is asked for', () => {
    expect(() => prepareHistory(history, blind, { images: 'refuse' })).toThrow(
      expect.objectContaining({ code: 'images-unsupported', action: expect.stringContaining('images') }),
    );
  });
});

function idsOf(messages: readonly Message[]): readonly string[] {
  return messages.flatMap((message): readonly string[] => {
    if (message.role === 'assistant') {
      return message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
    }
    return message.role === 'tool' ? message.parts.map((part) => part.callId) : [];
  });
}
