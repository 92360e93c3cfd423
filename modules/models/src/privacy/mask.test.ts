import { refused } from '@chorale/lib-errors';
import { defaultTenant } from '@chorale/lib-ids';
import type { Json } from '@chorale/module-goals';
import { describe, expect, test } from 'vitest';
import type { ChatEvent, ChatReply, ChatRequest } from '../conversation.ts';
import type { Deployment, Retention } from '../deployment.ts';
import type { CallContext, ModelCallId } from '../model-call.ts';
import { findSensitive } from './find-sensitive.ts';
import { maskText } from './mask-text.ts';
import { createPlaceholders, type Placeholders } from './placeholders.ts';
import { createPlaceholderRestorer, restoreText } from './restore-placeholders.ts';
import { createPrivacy, defaultPrivacyPolicy, type CallPrivacy, type PrivacyPolicy } from './shield-call.ts';

const nonce = 'q7w2e9r4t1y8u3i5';
const context: CallContext = { callId: 'call_1' as ModelCallId, tenantId: defaultTenant, models: [] };
const kept = (retention: Retention): Deployment => ({ id: retention, retention }) as Deployment;
const privacyWith = (policy: Partial<PrivacyPolicy> = {}): CallPrivacy =>
  createPrivacy({ policyFor: () => ({ ...defaultPrivacyPolicy, ...policy }), nonceFor: () => nonce });

const say = (text: string): ChatRequest => ({ messages: [{ role: 'user', parts: [{ type: 'text', text }] }] });

/** Values that make trouble when they are written into JSON or cut. */
function trouble(): { placeholders: Placeholders; names: readonly string[]; values: readonly string[] } {
  const placeholders = createPlaceholders(nonce);
  const values = ['jürgen@büro.example', 'a"b\\c\nd', '😀\u2028é', 'MASKED_EMAIL_', 'plain'];
  const names = values.map((value) => placeholders.nameFor(value, 'email'));
  return { placeholders, names, values };
}

describe('placeholders', () => {
  test('[PV7] one value has one, another value another', () => {
    const text = 'a@example.com wrote to b@example.com, and a@example.com again';
    const masked = maskText(text, findSensitive(text), createPlaceholders(nonce));
    expect(masked).toBe(`MASKED_EMAIL_1_${nonce} wrote to MASKED_EMAIL_2_${nonce}, and MASKED_EMAIL_1_${nonce} again`);
  });

  test('[PV7] one that is guessed, or of another request, stays as it is', () => {
    const placeholders = createPlaceholders(nonce);
    placeholders.nameFor('secret', 'token');
    for (const text of [`MASKED_TOKEN_2_${nonce}`, 'MASKED_TOKEN_1_aaaaaaaaaaaaaaaa', `MASKED_EMAIL_1_${nonce}`]) {
      expect(restoreText(placeholders, text)).toBe(text);
    }
    expect(restoreText(placeholders, `x MASKED_TOKEN_1_${nonce}.`)).toBe('x secret.');
  });

  test('[PV7] a nonce that could be guessed or would not fit is refused', () => {
    for (const wrong of ['', 'short', 'UPPERCASELETTERS', 'with spaces in it', '.*.*.*.*.*.*.*']) {
      expect(() => createPlaceholders(wrong)).toThrow(/12 to 64 small letters and digits/);
    }
  });
});

describe('values come back', () => {
  test('[PV9] from two pieces, wherever they are cut', () => {
    const { placeholders, names, values } = trouble();
    const masked = `MASKED_${names.join('|MASKED_EM')}MASK`;
    const whole = `MASKED_${values.join('|MASKED_EM')}MASK`;
    for (let cut = 0; cut <= masked.length; cut++) {
      const restorer = createPlaceholderRestorer(placeholders);
      expect(restorer.push(masked.slice(0, cut)) + restorer.push(masked.slice(cut)) + restorer.end()).toBe(whole);
    }
  });

  test('[PV9] from pieces of one character, and nothing waits but what may begin a placeholder', () => {
    const { placeholders, names, values } = trouble();
    const restorer = createPlaceholderRestorer(placeholders);
    let out = '';
    let pushed = '';
    const waiting: number[] = [];
    for (const sign of `no MASK here, ${names[0]} there`) {
      out += restorer.push(sign);
      pushed += sign;
      waiting.push(pushed.length - out.length);
    }
    expect(out).toBe(`no MASK here, ${values[0]} there`);
    expect(waiting.slice(0, 16)).toEqual([0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    expect(restorer.push('MASKED_EMAIL_1')).toBe('');
    expect(restorer.push('x')).toBe('MASKED_EMAIL_1x');
    expect(restorer.push(' MA')).toBe(' ');
    expect(restorer.end()).toBe('MA');
  });

  test('[PV10] into the arguments of a call as JSON, wherever they are cut', () => {
    const { placeholders, names, values } = trouble();
    const source = JSON.stringify({ list: names, [names[1] ?? '']: 1 });
    for (let cut = 0; cut <= source.length; cut++) {
      const restorer = createPlaceholderRestorer(placeholders, 'json');
      const restored = restorer.push(source.slice(0, cut)) + restorer.push(source.slice(cut)) + restorer.end();
      expect(JSON.parse(restored)).toEqual({ list: values, [values[1] ?? '']: 1 });
    }
  });
});

const everywhere: ChatRequest = {
  messages: [
    { role: 'system', parts: [{ type: 'text', text: 'You serve s@example.com.' }] },
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'I am u@example.com.' },
        { type: 'image', mediaType: 'image/png', source: { base64: 'aaaa' } },
      ],
    },
    {
      role: 'assistant',
      parts: [
        { type: 'text', text: 'Hello u@example.com' },
        { type: 'reasoning', text: 'signed r@example.com', signature: 'sig' },
        { type: 'reasoning', text: 'unsigned r@example.com' },
        {
          type: 'tool-call',
          id: 'c1',
          name: 'send',
          arguments: { to: ['t@example.com'], deep: { 'k@example.com': 1 } },
        },
        { type: 'tool-call', id: 'c2', name: 'send', arguments: {}, invalid: '{"to": "i@example.com' },
      ],
    },
    {
      role: 'tool',
      parts: [{ type: 'tool-result', callId: 'c1', name: 'send', content: 'sent to t@example.com', isError: false }],
    },
  ],
  tools: [{ name: 'send', description: 'like x@example.com', inputSchema: { type: 'object' } }],
};

describe('a request', () => {
  test('[PV8] all its texts are masked, and ids, tools and signed reasoning are not', () => {
    const { request, masked } = privacyWith({ personal: 'mask' }).shield(everywhere, context).requestFor(kept('local'));
    const found = JSON.stringify(request).match(/[a-z]@example\.com/g);
    expect(found).toEqual(['r@example.com', 'x@example.com']);
    expect(masked).toBe(6);
    expect(JSON.stringify(request)).toContain('"signature":"sig"');
  });

  test('[PV8] one without anything sensitive is passed on as the same object', () => {
    const request = say('nothing to see');
    expect(privacyWith().shield(request, context).requestFor(kept('trains'))).toEqual({ request, masked: 0 });
    expect(privacyWith().shield(request, context).requestFor(kept('trains')).request).toBe(request);
  });

  test('[PV12] by default personal data is masked where the deployment may not have it, secrets everywhere', () => {
    const shielded = privacyWith().shield(say('a@example.com has password: hunter2!'), context);
    expect(shielded.dataClass).toBe('internal');
    const textFor = (retention: Retention): string => JSON.stringify(shielded.requestFor(kept(retention)).request);
    expect(textFor('keeps')).not.toContain('a@example.com');
    expect(textFor('none')).toContain('a@example.com');
    for (const retention of ['local', 'none', 'keeps', 'trains'] as const) {
      expect(textFor(retention)).not.toContain('hunter2');
    }
  });

  test('[PV12] routed data keeps its values and raises the class; refused data ends the call; ignored data is nothing', () => {
    const request = say('a@example.com');
    const routed = privacyWith({ personal: 'route' }).shield(request, context);
    expect(routed.dataClass).toBe('personal');
    expect(routed.requestFor(kept('local')).request).toBe(request);
    expect(() => privacyWith({ personal: 'refuse' }).shield(request, context)).toThrow(
      expect.objectContaining({ code: 'sensitive-content', family: 'refused', data: { kinds: ['email'] } }),
    );
    const ignored = privacyWith({ personal: 'ignore' }).shield(request, context);
    expect([ignored.dataClass, ignored.requestFor(kept('trains')).request]).toEqual(['internal', request]);
    expect(privacyWith({ personal: 'refuse', ignoredKinds: ['email'] }).shield(request, context).dataClass).toBe(
      'internal',
    );
  });

  test('[PV13] the class is never less than the caller said', () => {
    const said = { ...context, dataClass: 'secret' } as const;
    expect(privacyWith().shield(say('nothing'), said).dataClass).toBe('secret');
    expect(privacyWith({ personal: 'route' }).shield(say('a@example.com'), said).dataClass).toBe('secret');
  });

  test('[PV6] a failing detector ends the call, whatever the policy, also when it fails at the last text', () => {
    const ignoring = { personal: 'ignore', secret: 'ignore' } as const;
    const failing = createPrivacy({
      policyFor: () => ignoring,
      nonceFor: () => nonce,
      detectors: [
        (text) => {
          if (text.includes('sent to')) throw refused('other', 'of another code');
          return [];
        },
      ],
    });
    const refusal = expect.objectContaining({ code: 'privacy-check-failed' });
    expect(() => failing.shield(everywhere, context)).toThrow(refusal);
    const call = { function: { name: 'f', arguments: '{"to": "sent to"}' } };
    expect(() => failing.shieldBody({ messages: [{ role: 'assistant', tool_calls: [call] }] }, context)).toThrow(
      refusal,
    );
  });
});

async function collect(events: AsyncIterable<ChatEvent>): Promise<readonly ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function* stream(events: readonly ChatEvent[]): AsyncGenerator<ChatEvent> {
  yield* events;
}

describe('an answer in pieces', () => {
  const email = `MASKED_EMAIL_1_${nonce}`;
  const reply: ChatReply = {
    parts: [
      { type: 'reasoning', text: `about ${email}`, signature: 'sig' },
      { type: 'text', text: `Mail to ${email}!` },
      { type: 'tool-call', id: 'c', name: 'send', arguments: { to: email } },
    ],
    finish: 'tool-calls',
    usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    by: { provider: 'openai', model: 'm' },
  };

  test('[PV9, PV10, PV11] text and arguments are restored piece by piece, reasoning is not', async () => {
    const shielded = privacyWith({ personal: 'mask' }).shield(say('I am "q"@x, no: a@example.com'), context);
    shielded.requestFor(kept('keeps'));
    const source = JSON.stringify({ to: email });
    const events: readonly ChatEvent[] = [
      { type: 'reasoning', delta: `about ${email}` },
      ...Array.from(`Mail to ${email}`, (delta): ChatEvent => ({ type: 'text', delta })),
      { type: 'text', delta: ' MASKED_' },
      { type: 'tool-call-start', index: 0, id: 'c', name: 'send' },
      ...Array.from(source, (delta): ChatEvent => ({ type: 'tool-call-arguments', index: 0, delta })),
      { type: 'tool-call-end', index: 0, call: { type: 'tool-call', id: 'c', name: 'send', arguments: { to: email } } },
      { type: 'end', reply },
    ];
    const all = await collect(shielded.restore(stream(events)));
    const joined = (type: string): string =>
      all.map((event) => (event.type === type && 'delta' in event ? event.delta : '')).join('');
    expect(joined('text')).toBe('Mail to a@example.com MASKED_');
    expect(joined('tool-call-arguments')).toBe('{"to":"a@example.com"}');
    expect(joined('reasoning')).toBe(`about ${email}`);
    const held = all.findIndex((event) => event.type === 'text' && event.delta === 'MASKED_');
    expect(all[held + 1]).toMatchObject({ type: 'tool-call-start' });
    expect(all.find((event) => event.type === 'tool-call-end')).toMatchObject({
      call: { arguments: { to: 'a@example.com' } },
    });
    const end = all.at(-1) as Extract<ChatEvent, { type: 'end' }>;
    expect(end.reply.parts).toEqual([
      reply.parts[0],
      { type: 'text', text: 'Mail to a@example.com!' },
      { type: 'tool-call', id: 'c', name: 'send', arguments: { to: 'a@example.com' } },
    ]);
  });
});

describe('a body of a wire', () => {
  const bodyOf = (body: Json): string => {
    const shielded = privacyWith({ personal: 'mask' }).shieldBody(body, context);
    return JSON.stringify(shielded.bodyFor(kept('keeps')).body);
  };
  const hidden = { text: 'I am u@example.com' };

  test.each<readonly [string, Json]>([
    [
      'OpenAI chat',
      {
        model: 'm',
        messages: [
          { role: 'user', content: hidden.text },
          { role: 'user', content: [{ type: 'text', ...hidden }] },
        ],
      },
    ],
    [
      'OpenAI calls',
      {
        messages: [
          {
            role: 'assistant',
            tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a":{"u@example.com":"u@example.com"}}' } }],
          },
          { role: 'tool', tool_call_id: 'c', content: hidden.text },
        ],
      },
    ],
    [
      'OpenAI responses',
      {
        instructions: hidden.text,
        input: [
          { role: 'user', content: [{ type: 'input_text', ...hidden }] },
          { type: 'function_call_output', call_id: 'c', output: hidden.text },
        ],
      },
    ],
    ['OpenAI responses, one text', { input: hidden.text }],
    [
      'Anthropic',
      {
        system: [{ type: 'text', ...hidden }],
        messages: [
          {
            role: 'assistant',
            content: [{ type: 'tool_use', id: 't', name: 'f', input: { name: 'u@example.com', id: 'u@example.com' } }],
          },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: hidden.text }] },
        ],
      },
    ],
    [
      'Google',
      {
        systemInstruction: { parts: [hidden] },
        contents: [
          {
            role: 'user',
            parts: [
              hidden,
              { functionResponse: { name: 'f', response: { data: 'u@example.com', role: 'u@example.com' } } },
            ],
          },
        ],
      },
    ],
    ['bytes with words behind', { messages: [{ role: 'user', content: `data:image/png;base64,aaaa ${hidden.text}` }] }],
  ])('[PV8] %s: all that is said is masked', (_, body) => {
    expect(bodyOf(body)).not.toContain('u@example.com');
    expect(bodyOf(body)).toContain('MASKED_EMAIL_1_');
  });

  test('[PV8] ids, bytes and the rest of the body stay, and one without findings is the same object', () => {
    const body: Json = {
      model: 'm',
      user: 'u@example.com',
      messages: [
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,QUtJQUlPU0ZPRE5ON0VYQU1QTEU=' } }],
        },
        { role: 'assistant', content: [{ type: 'thinking', thinking: 'u@example.com', signature: 'sig' }] },
        { role: 'tool', tool_call_id: 'call_4111111111111111', content: 'fine' },
      ],
    };
    expect(privacyWith({ personal: 'mask' }).shieldBody(body, context).bodyFor(kept('keeps'))).toEqual({
      body,
      masked: 0,
    });
  });

  test('[PV8] placeholders are there to be restored only once something was masked', () => {
    const shielded = privacyWith({ personal: 'mask-where-needed' }).shieldBody(
      { messages: [{ content: hidden.text }] },
      context,
    );
    shielded.bodyFor(kept('local'));
    expect(shielded.placeholders()).toBeUndefined();
    shielded.bodyFor(kept('keeps'));
    expect(shielded.placeholders()?.count).toBe(1);
  });
});
