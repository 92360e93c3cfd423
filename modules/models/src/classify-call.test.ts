import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyRequest, classifyText } from './classify-call.ts';
import { estimateRequestTokens, estimateTextTokens } from './estimate-tokens.ts';
import { ask } from './router-stage.fixture.ts';

describe('the class of a task', () => {
  const examples = [
    ['Hi, how are you today?', 'chat'],
    ['Refactor this function:\n```ts\nconst a = () => 1;\n```', 'code'],
    ['Summarise the key points of this meeting.', 'summarise'],
    ['Extract all fields as JSON, list all entities.', 'extract'],
    ['Translate this letter into German.', 'translate'],
    ['Break it down into milestones and make a roadmap.', 'plan'],
    ['Prove step by step why the probability is 1/2.', 'reason'],
    [`The weather was fine. ${'It rained later on. '.repeat(40)}`, 'other'],
  ] as const;

  for (const [text, taskClass] of examples)
    test(`[RT1] "${text.slice(0, 40).replaceAll('\n', ' ')}" is ${taskClass}`, () => {
      expect(classifyText(text)).toBe(taskClass);
    });

  test('[RT1] what the caller says of it counts', () => {
    expect(classifyRequest(ask('Translate this into German'), { taskClass: 'reason' }).taskClass).toBe('reason');
  });

  test('[RT1] a long text is read at its ends only, so that it costs the same', () => {
    const material = 'function class bug compile refactor '.repeat(10_000);
    expect(classifyText(`${'a '.repeat(800)}${material}${'a '.repeat(760)} Summarise.`)).toBe('summarise');
  });
});

describe('what a call demands', () => {
  test('[RT1] follows from its shape', () => {
    const request = ask('look', {
      tools: [{ name: 'read', description: 'reads', inputSchema: { type: 'object' } }],
      output: { name: 'out', schema: { type: 'object' } },
      outputTokensMax: 50,
      temperature: 0,
    });
    const image = { type: 'image', mediaType: 'image/png', source: { url: 'https://host/a.png' } } as const;
    const demands = classifyRequest(
      { ...request, messages: [...request.messages, { role: 'user', parts: [image] }] },
      { needs: ['reasoning'] },
    );
    expect([...demands.needs].toSorted()).toEqual(['images', 'json-schema', 'reasoning', 'tools']);
    expect(demands).toMatchObject({ outputTokens: 50, outputTokensMax: 50, operation: 'chat' });
    expect(demands.shape).toBe('images+json-schema+reasoning+tools+temperature');
    expect(classifyRequest(ask()).needs).toEqual([]);
  });
});

describe('the number of tokens', () => {
  test('[RT2] is about a quarter of English, and more for other scripts', () => {
    expect(estimateTextTokens('a'.repeat(400)).expected).toBe(100);
    expect(estimateTextTokens('東京都渋谷区').expected).toBeGreaterThanOrEqual(4);
  });

  test('[RT2] what is reserved is never less than what is expected, and more text never takes fewer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        const [first, both] = [estimateTextTokens(one), estimateTextTokens(one + other)];
        expect(first.most).toBeGreaterThanOrEqual(first.expected);
        expect(both.expected).toBeGreaterThanOrEqual(first.expected);
        expect(both.most).toBeGreaterThanOrEqual(first.most);
      }),
    );
  });

  test('[RT2] counts all that is sent: history, tools, results, schemas and images', () => {
    const plain = estimateRequestTokens(ask());
    const long = 'x'.repeat(4_000);
    const fuller = [
      ask(long),
      ask('hello', { tools: [{ name: 'a', description: long, inputSchema: {} }] }),
      ask('hello', { output: { name: 'a', schema: { description: long } } }),
      {
        messages: [
          {
            role: 'tool' as const,
            parts: [{ type: 'tool-result' as const, callId: '1', name: 'a', content: long, isError: false }],
          },
        ],
      },
      {
        messages: [
          {
            role: 'user' as const,
            parts: [{ type: 'image' as const, mediaType: 'image/png', source: { base64: '' } }],
          },
        ],
      },
    ];
    for (const request of fuller) {
      expect(estimateRequestTokens(request).expected).toBeGreaterThanOrEqual(plain.expected + 900);
      expect(estimateRequestTokens(request).most).toBeGreaterThanOrEqual(plain.most + 1_800);
    }
  });
});
