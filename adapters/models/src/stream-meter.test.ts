import { describe, expect, test } from 'vitest';
import { UpstreamFailure, type Wire } from '@chorale/module-models';
import { StreamMeter } from './stream-meter.ts';
import { eventsOf } from './vendor-server.fixture.ts';
import { wireMeters } from './wire-meters.ts';

const tricky = 'say "usage": {"x":1} or "finish_reason":"stop" [DONE]\n\ndata: {';

interface Case {
  readonly wire: Wire;
  readonly stream: string;
  readonly usage: object;
  readonly finish: string;
}

const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'c',
  choices: [{ index: 0, delta, finish_reason: finish }],
  usage: null,
});
const chat = [
  ...eventsOf([
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: tricky }),
    chunk({ content: 'ü🎶' }),
    chunk({}, 'length'),
  ]),
];
const usageEvent = `data: {"id":"c","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}\n\n`;
const done = 'data: [DONE]\n\n';

const cases: readonly Case[] = [
  {
    wire: 'openai-chat',
    stream: [': keep-alive\n\n', ...chat, usageEvent, done].join(''),
    usage: { inputTokens: 11, outputTokens: 7, cachedInputTokens: 4, reasoningTokens: 2 },
    finish: 'length',
  },
  {
    wire: 'openai-responses',
    stream: eventsOf(
      [
        {
          type: 'response.created',
          response: { status: 'in_progress', usage: null, error: null, incomplete_details: null },
        },
        { type: 'response.output_text.delta', delta: tricky },
        {
          type: 'response.completed',
          response: {
            status: 'completed',
            error: null,
            incomplete_details: null,
            output: [{ type: 'function_call' }],
            usage: { input_tokens: 5, output_tokens: 6, input_tokens_details: { cached_tokens: 1 } },
          },
        },
      ],
      true,
    ).join(''),
    usage: { inputTokens: 5, outputTokens: 6, cachedInputTokens: 1 },
    finish: 'tool-calls',
  },
  {
    wire: 'anthropic-messages',
    stream: eventsOf(
      [
        {
          type: 'message_start',
          message: {
            stop_reason: null,
            usage: { input_tokens: 3, cache_read_input_tokens: 20, cache_creation_input_tokens: 5, output_tokens: 1 },
          },
        },
        { type: 'ping' },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: tricky } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } },
        { type: 'message_stop' },
      ],
      true,
    ).join(''),
    usage: { inputTokens: 28, outputTokens: 9, cachedInputTokens: 20, cacheWriteTokens: 5 },
    finish: 'stop',
  },
  {
    wire: 'google-generate',
    stream: eventsOf([
      { candidates: [{ content: { parts: [{ text: tricky }] } }], usageMetadata: { promptTokenCount: 8 } },
      {
        candidates: [
          { content: { parts: [{ functionCall: { name: 'f', args: { error: 'none', finishReason: 'x' } } }] } },
        ],
      },
      {
        candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 3, thoughtsTokenCount: 4 },
      },
    ])
      .join('')
      .replaceAll('\n', '\r\n'),
    usage: { inputTokens: 8, outputTokens: 7, reasoningTokens: 4 },
    finish: 'stop',
  },
];

function meterFor(wire: Wire, hideUsage = false): StreamMeter {
  const meter = wireMeters[wire];
  if (meter === undefined) throw new Error(wire);
  return new StreamMeter({ meter, who: 'v', hideUsage, failureOf: (data) => new UpstreamFailure('overloaded', data) });
}

function run(meter: StreamMeter, pieces: readonly Uint8Array[]): string {
  const out = pieces.map((piece) => Buffer.from(meter.push(piece)));
  out.push(Buffer.from(meter.finish()));
  return Buffer.concat(out).toString();
}

describe('a stream that goes by', () => {
  for (const { wire, stream, usage, finish } of cases) {
    test(`[MA5] ${wire}: usage and finish are read wherever the pieces are cut, and every byte is handed on`, () => {
      const bytes = Buffer.from(stream);
      for (let at = 0; at <= bytes.length; at++) {
        const meter = meterFor(wire);
        expect(run(meter, [bytes.subarray(0, at), bytes.subarray(at)])).toBe(stream);
        expect(meter.metered(), `cut at ${at}`).toMatchObject({ usage, finish });
      }
      const meter = meterFor(wire);
      expect(
        run(
          meter,
          [...bytes].map((byte) => Uint8Array.of(byte)),
        ),
      ).toBe(stream);
      expect(meter.metered()).toMatchObject({ usage, finish });
    });

    test(`[MA6] ${wire}: a stream that ends early is a broken connection, wherever it ends`, () => {
      const bytes = Buffer.from(stream);
      // From where the provider says why it ends, the answer is whole.
      const said = stream.search(/"finish_reason":"|"response.completed"|"stop_reason":"|"finishReason":"STOP/);
      for (let at = 0; at < said; at++) {
        const meter = meterFor(wire);
        let failure: unknown;
        try {
          run(meter, [bytes.subarray(0, at)]);
        } catch (error) {
          failure = error;
        }
        expect(failure, `ends at ${at}`).toBeInstanceOf(UpstreamFailure);
        expect(['connection', 'malformed']).toContain((failure as UpstreamFailure).kind);
      }
    });
  }

  test('[MA7] the event that only we asked for is left out, wherever the pieces are cut', () => {
    const stream = [...chat, usageEvent, done].join('');
    const bytes = Buffer.from(stream);
    for (let at = 0; at <= bytes.length; at++) {
      const meter = meterFor('openai-chat', true);
      expect(run(meter, [bytes.subarray(0, at), bytes.subarray(at)])).toBe([...chat, done].join(''));
      expect(meter.metered().usage).toMatchObject({ inputTokens: 11, outputTokens: 7 });
    }
  });

  test('[MA7] usage beside the last words is kept, since the words are asked for', () => {
    const both =
      'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n';
    const meter = meterFor('openai-chat', true);
    expect(run(meter, [Buffer.from(both + done)])).toBe(both + done);
    expect(meter.metered()).toMatchObject({ usage: { outputTokens: 2 }, finish: 'stop' });
  });

  test('[MA5] a server that says the usage in every event is read at its last', () => {
    const events = [1, 2, 3].map((count) => ({
      ...chunk({ content: 'a' }),
      usage: { prompt_tokens: 5, completion_tokens: count },
    }));
    const meter = meterFor('openai-chat');
    run(meter, [Buffer.from(eventsOf([...events, chunk({}, 'stop')]).join('') + done)]);
    expect(meter.metered().usage).toMatchObject({ inputTokens: 5, outputTokens: 3 });
  });

  test('[MA6] what is no event, no JSON, or a failure of the provider ends it', () => {
    const first = eventsOf([chunk({ content: 'a' })]).join('');
    const kindOf = (text: string): string => {
      try {
        meterFor('openai-chat').push(Buffer.from(text));
        return 'none';
      } catch (error) {
        return (error as UpstreamFailure).kind;
      }
    };
    expect(kindOf('<html>\n\n')).toBe('malformed');
    expect(kindOf('data: {"id": \n\n')).toBe('malformed');
    expect(kindOf('data: {"id": x}\n\n')).toBe('malformed');
    expect(kindOf(`${first}data: {"choices": [{"delta": {"con\n\n`)).toBe('malformed');
    expect(kindOf(`${first}data: {"error": {"message": "busy"}}\n\n`)).toBe('overloaded');
    expect(kindOf(`${first}: comment\nid: 7\nretry: 100\n\n`)).toBe('none');
  });
});
