import { describe, expect, test } from 'vitest';
import type { Wire } from '../deployment.ts';
import { createPlaceholders, type Placeholders } from './placeholders.ts';
import { createWireRestorer, restoreWireBody } from './restore-wire.ts';

const nonce = 'q7w2e9r4t1y8u3i5';
const value = 'jürgen "J"@büro.example 😀';

function masked(): { readonly placeholders: Placeholders; readonly name: string } {
  const placeholders = createPlaceholders(nonce);
  return { placeholders, name: placeholders.nameFor(value, 'email') };
}

const sse = (event: object | string, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;

/** In two pieces, cut in the middle of the name, and so that one more may begin at the end. */
const piecesOf = (text: string): readonly string[] => {
  const half = text.indexOf('MASKED_') + 12;
  return [text.slice(0, half), text.slice(half)];
};

interface Case {
  readonly wire: Wire;
  readonly stream: (said: readonly string[], source: readonly string[]) => string;
  /** All that the events add to the text, and to the arguments of the call. */
  readonly read: (events: readonly never[]) => readonly [string, string];
}

interface Loose {
  readonly [name: string]: Loose;
}

const said = (events: readonly never[], of: (event: Loose) => unknown): string =>
  events.map((event) => (of(event) ?? '') as string).join('');

const isOf = (event: Loose, type: string): boolean => (event.type as unknown) === type;

const cases: readonly Case[] = [
  {
    wire: 'openai-chat',
    stream: (said, source) =>
      [
        sse({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
        ...said.map((content) => sse({ choices: [{ index: 0, delta: { content } }] })),
        ...source.map((part) =>
          sse({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: part } }] } }] }),
        ),
        sse({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
        sse('[DONE]'),
      ].join(''),
    read: (events) => [
      said(events, (event) => event.choices?.['0']?.delta?.content),
      said(events, (event) => event.choices?.['0']?.delta?.tool_calls?.['0']?.function?.arguments),
    ],
  },
  {
    wire: 'openai-responses',
    stream: (said, source) =>
      [
        ...said.map((delta) =>
          sse(
            { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta },
            'response.output_text.delta',
          ),
        ),
        sse(
          { type: 'response.output_text.done', output_index: 0, content_index: 0, text: said.join('') },
          'response.output_text.done',
        ),
        ...source.map((delta) => sse({ type: 'response.function_call_arguments.delta', output_index: 1, delta })),
        sse({ type: 'response.function_call_arguments.done', output_index: 1, arguments: source.join('') }),
      ].join(''),
    read: (events) => [
      said(events, (event) => (isOf(event, 'response.output_text.delta') ? event.delta : undefined)),
      said(events, (event) => (isOf(event, 'response.function_call_arguments.delta') ? event.delta : undefined)),
    ],
  },
  {
    wire: 'anthropic-messages',
    stream: (said, source) =>
      [
        ...said.map((text) =>
          sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }, 'content_block_delta'),
        ),
        sse({ type: 'content_block_stop', index: 0 }, 'content_block_stop'),
        ...source.map((part) =>
          sse(
            { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: part } },
            'content_block_delta',
          ),
        ),
        sse({ type: 'content_block_stop', index: 1 }, 'content_block_stop'),
      ].join(''),
    read: (events) => [said(events, (event) => event.delta?.text), said(events, (event) => event.delta?.partial_json)],
  },
  {
    wire: 'google-generate',
    stream: (said, source) =>
      [
        ...said.map((text) => sse({ candidates: [{ index: 0, content: { parts: [{ text }] } }] })),
        // A call stands whole in an event, beside text that may go on.
        sse({
          candidates: [
            {
              index: 0,
              content: { parts: [{ text: '' }, { functionCall: { args: JSON.parse(source.join('')) as object } }] },
            },
          ],
        }),
        sse({ candidates: [{ index: 0, content: { parts: [] }, finishReason: 'STOP' }], usageMetadata: { n: 1 } }),
      ].join(''),
    read: (events) => [
      said(events, (event) => event.candidates?.['0']?.content?.parts?.['0']?.text),
      said(events, (event) => {
        const args = event.candidates?.['0']?.content?.parts?.['1']?.functionCall?.args;
        return args === undefined ? undefined : JSON.stringify(args);
      }),
    ],
  },
];

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function eventsOf(stream: string): readonly never[] {
  const sources = stream.split('\n').filter((line) => line.startsWith('data: {'));
  return sources.map((line) => JSON.parse(line.slice(6)) as never);
}

function restore(wire: Wire, placeholders: Placeholders, pieces: readonly Uint8Array[]): string {
  const restorer = createWireRestorer(wire, placeholders);
  return decode(Buffer.concat([...pieces.map((piece) => restorer.push(piece)), restorer.end()]));
}

describe.each(cases)('a stream of $wire', ({ wire, stream, read }) => {
  test('[PV9, PV10] is restored the same, wherever its bytes are cut', () => {
    const { placeholders, name } = masked();
    const said = piecesOf(`Grüße an ${name}, MASKED_`);
    const source = piecesOf(JSON.stringify({ an: [name, 'ß'] }));
    const bytes = encode(stream(said, source));
    const whole = restore(wire, placeholders, [bytes]);
    const [text, json] = read(eventsOf(whole));
    expect(text).toBe(`Grüße an ${value}, MASKED_`);
    expect(JSON.parse(json)).toEqual({ an: [value, 'ß'] });
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(restore(wire, placeholders, [bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(whole);
    }
    expect(
      restore(
        wire,
        placeholders,
        Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
      ),
    ).toBe(whole);
  });

  test('[PV9] goes on event by event, and byte for byte where there is nothing to restore', () => {
    const { placeholders } = masked();
    const bytes = encode(stream(['Grüße, ', 'ohne Namen'], ['{"a":', '1.0}']));
    const restorer = createWireRestorer(wire, placeholders);
    let sent = '';
    for (const block of decode(bytes).split(/(?<=\n\n)/)) {
      sent += block;
      const out = decode(restorer.push(encode(block)));
      expect(out).toBe(block);
    }
    expect(sent).toBe(decode(bytes));
    expect(restorer.end()).toHaveLength(0);
  });
});

describe('whole events and bodies', () => {
  test('[PV9, PV10] what is whole is restored whole, arguments as JSON', () => {
    const { placeholders, name } = masked();
    const event = {
      type: 'response.function_call_arguments.done',
      output_index: 0,
      arguments: JSON.stringify({ to: name }),
    };
    const restored = eventsOf(restore('openai-responses', placeholders, [encode(sse(event))]))[0] as unknown as {
      arguments: string;
    };
    expect(JSON.parse(restored.arguments)).toEqual({ to: value });
    const body = {
      choices: [
        {
          message: {
            content: `an ${name}`,
            tool_calls: [{ function: { arguments: JSON.stringify({ [name]: name }) } }],
          },
        },
      ],
    };
    const whole = JSON.parse(decode(restoreWireBody(encode(JSON.stringify(body)), placeholders))) as typeof body;
    expect(whole.choices[0]?.message.content).toBe(`an ${value}`);
    expect(JSON.parse(whole.choices[0]?.message.tool_calls[0]?.function.arguments ?? '')).toEqual({ [value]: value });
  });

  test('[PV11] reasoning keeps its placeholders', () => {
    const { placeholders, name } = masked();
    const thinking = sse({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: name } });
    expect(restore('anthropic-messages', placeholders, [encode(thinking)])).toBe(thinking);
    const body = encode(JSON.stringify({ content: [{ type: 'thinking', thinking: name, signature: 's' }] }));
    expect(decode(restoreWireBody(body, placeholders))).toContain(name);
  });

  test('[PV9] bytes that are no answer pass as they are', () => {
    const { placeholders } = masked();
    for (const text of ['', ': ping\n\n', 'data: {broken MASKED_\n\n', 'retry: 5\r\n\r\n', '<html>MASKED_</html>']) {
      expect(restore('openai-chat', placeholders, [encode(text)])).toBe(text);
      expect(decode(restoreWireBody(encode(text), placeholders))).toBe(text);
    }
  });

  test('[PV9] a wire whose stream is no text is refused, so that no placeholder is taken for the value', () => {
    expect(() => createWireRestorer('bedrock-converse', masked().placeholders)).toThrow(/bedrock-converse/);
  });
});
