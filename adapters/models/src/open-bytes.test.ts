import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UpstreamFailure, type UpstreamAnswer, type UpstreamCall } from '@chorale/module-models';
import { openUpstream, type OpenUpstream } from './open-upstream.ts';
import {
  deploymentAt,
  eventsOf,
  realClock,
  sendEvents,
  sendJson,
  startVendor,
  type VendorServer,
} from './vendor-server.fixture.ts';

type BytesAnswer = Extract<UpstreamAnswer, { form: 'bytes' }>;

const key = 'sk-secret-0123456789abcdef';
const events = eventsOf([
  { choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }] },
  { choices: [{ delta: { content: 'hello' }, finish_reason: null }] },
  { choices: [{ delta: {}, finish_reason: 'stop' }] },
]);
const usageEvent = 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\n';
const done = 'data: [DONE]\n\n';

let vendor: VendorServer;
let upstream: OpenUpstream;
beforeEach(async () => {
  vendor = await startVendor();
  upstream = openUpstream({ findAccount: () => ({ apiKey: key }), clock: realClock });
});
afterEach(async () => {
  await upstream.close();
  await vendor.close();
});

interface Wish {
  readonly request?: object;
  readonly stream?: boolean;
  readonly path?: string;
  readonly call?: Partial<UpstreamCall>;
  readonly signal?: AbortSignal;
}

async function open({
  request = { model: 'm' },
  stream = false,
  path = '/chat/completions',
  call,
  signal,
}: Wish = {}): Promise<BytesAnswer> {
  const bytes = Buffer.from(JSON.stringify(request));
  const body = { form: 'bytes', wire: 'openai-chat', path, contentType: 'application/json', bytes } as const;
  const limits = { firstByteMsMax: 5_000, silenceMsMax: 5_000 };
  const whole = { deployment: deploymentAt(vendor.url), body, stream, ...limits, ...call };
  return (await upstream.open(whole, signal ?? new AbortController().signal)) as BytesAnswer;
}

async function read(answer: BytesAnswer): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of answer.bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function failureOf(promise: Promise<unknown>): Promise<UpstreamFailure> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UpstreamFailure);
  return error as UpstreamFailure;
}

describe('a whole answer', () => {
  test('[MA4] goes both ways byte for byte, with the key of the provider, and is metered', async () => {
    const said = {
      choices: [{ message: {}, finish_reason: 'tool_calls' }],
      usage: { prompt_tokens: 5, completion_tokens: 6 },
    };
    vendor.answer = (response) => sendJson(response, said);
    const request = { model: 'm', odd: '\u2028' };
    const answer = await open({ request });
    expect(await read(answer)).toBe(JSON.stringify(said));
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json' });
    expect(answer.metered()).toMatchObject({ usage: { inputTokens: 5, outputTokens: 6 }, finish: 'tool-calls' });
    expect(vendor.asked[0]).toMatchObject({
      path: '/chat/completions',
      body: JSON.stringify(request),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
  });

  test('[MA6] one that breaks off, is no JSON, or is a page, is a failure and no answer', async () => {
    vendor.answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).write('{"choices"');
      response.flushHeaders();
      setImmediate(() => response.destroy());
    };
    expect((await failureOf(open())).kind).toBe('connection');
    vendor.answer = (response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [');
    expect((await failureOf(open())).kind).toBe('malformed');
    vendor.answer = (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
    expect((await failureOf(open())).kind).toBe('malformed');
    vendor.answer = (response) => sendJson(response, { error: { message: 'Busy', type: 'overloaded_error' } });
    expect((await failureOf(open())).kind).toBe('overloaded');
  });

  test('[MA8] speech, its transcription and embeddings go by whatever they are made of', async () => {
    const sound = Buffer.alloc(3_000_000, 7);
    vendor.answer = (response) => void response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(sound);
    const answer = await open({ path: '/audio/speech' });
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.bytes) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(sound)).toBe(true);
    expect(answer.contentType).toBe('audio/mpeg');
    vendor.answer = (response) =>
      sendJson(response, { data: [{ embedding: [0.1] }], usage: { prompt_tokens: 9, total_tokens: 9 } });
    const embedded = await open({ path: '/embeddings' });
    expect(await read(embedded)).toContain('embedding');
    expect(embedded.metered().usage).toMatchObject({ inputTokens: 9, outputTokens: 0 });
    vendor.answer = (response) =>
      sendJson(response, { text: 'hi', usage: { type: 'tokens', input_tokens: 2, output_tokens: 3 } });
    expect((await open({ path: '/audio/transcriptions' })).metered().usage).toMatchObject({
      inputTokens: 2,
      outputTokens: 3,
    });
  });

  test('[MA9] a refusal of the provider is read by the table, without the key', async () => {
    vendor.answer = (response) => {
      response.setHeader('retry-after', '3');
      sendJson(response, { error: { message: `Slow down, ${key}`, code: 'rate_limit_exceeded' } }, 429);
    };
    const failure = await failureOf(open());
    expect(failure).toMatchObject({ kind: 'rate-limited', status: 429, retryAfterMs: 3_000 });
    expect(failure.message).not.toContain('sk-secret');
  });
});

describe('a stream', () => {
  test('[MA7] is asked to say its usage, and the caller who did not ask does not see it', async () => {
    vendor.answer = (response) => sendEvents(response, [...events, usageEvent, done]);
    const answer = await open({ stream: true, request: { model: 'm', stream: true } });
    expect(await read(answer)).toBe([...events, done].join(''));
    expect(answer.metered()).toMatchObject({ usage: { inputTokens: 3, outputTokens: 4 }, finish: 'stop' });
    expect(JSON.parse(vendor.asked[0]?.body ?? '')).toEqual({
      model: 'm',
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('[MA7] a caller who asked sees it; one who said no does not', async () => {
    vendor.answer = (response) => sendEvents(response, [...events, usageEvent, done]);
    const asked = await open({ stream: true, request: { stream_options: { include_usage: true } } });
    expect(await read(asked)).toContain('prompt_tokens');
    const declined = await open({ stream: true, request: { stream_options: { include_usage: false, x: 1 } } });
    expect(await read(declined)).not.toContain('prompt_tokens');
    expect(JSON.parse(vendor.asked[1]?.body ?? '')).toEqual({ stream_options: { include_usage: true, x: 1 } });
  });

  test('[MA4] each piece is handed on when it comes', async () => {
    let more: () => void = () => undefined;
    vendor.answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of [...events, done]) {
        response.write(event);
        await new Promise<void>((resolve) => {
          more = resolve;
        });
      }
      response.end();
    };
    const answer = await open({ stream: true, request: { stream_options: { include_usage: true } } });
    const seen: string[] = [];
    for await (const piece of answer.bytes) {
      seen.push(Buffer.from(piece).toString());
      more();
    }
    expect(seen).toEqual([...events, done]);
  });

  test('[MA6] a failure that comes as the first event is no answer; a later one ends the reading', async () => {
    const overloaded = 'data: {"error":{"type":"overloaded_error","message":"Busy"}}\n\n';
    vendor.answer = (response) => sendEvents(response, [': hello\n\n', overloaded]);
    expect((await failureOf(open({ stream: true }))).kind).toBe('overloaded');
    vendor.answer = (response) => sendEvents(response, [events[0] ?? '', overloaded]);
    const answer = await open({ stream: true });
    expect((await failureOf(read(answer))).kind).toBe('overloaded');
  });

  test('[MA6] garbage instead of events, a whole answer, and an empty one are failures', async () => {
    vendor.answer = (response) => sendEvents(response, ['data: {"choices": [{"del\n\n']);
    expect((await failureOf(open({ stream: true }))).kind).toBe('malformed');
    vendor.answer = (response) => sendJson(response, { choices: [] });
    expect((await failureOf(open({ stream: true }))).kind).toBe('malformed');
    vendor.answer = (response) => sendEvents(response, []);
    expect((await failureOf(open({ stream: true }))).kind).toBe('connection');
  });

  test('[MA6] a connection that breaks before the first byte and one that breaks later are told apart', async () => {
    vendor.answer = (response) => void response.socket?.resetAndDestroy();
    expect((await failureOf(open({ stream: true }))).kind).toBe('connection');
    vendor.answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events[0]);
      setImmediate(() => response.socket?.resetAndDestroy());
    };
    const answer = await open({ stream: true });
    expect((await failureOf(read(answer))).kind).toBe('connection');
  });
});

describe('limits and ends', () => {
  test('[MA10] no first byte in time, also after headers, and no further byte in time, are stalls', async () => {
    vendor.answer = () => undefined;
    const limits = { firstByteMsMax: 60, silenceMsMax: 60 };
    expect((await failureOf(open({ call: limits }))).kind).toBe('stalled');
    vendor.answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    expect((await failureOf(open({ stream: true, call: limits }))).kind).toBe('stalled');
    vendor.answer = (response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events[0]);
    const answer = await open({ stream: true, call: limits });
    expect((await failureOf(read(answer))).kind).toBe('stalled');
  });

  test('[MA10] a call taken back ends before, while waiting and while reading, and the provider sees it go', async () => {
    const early = new AbortController();
    early.abort();
    expect((await failureOf(open({ signal: early.signal }))).kind).toBe('cancelled');
    expect(vendor.asked).toHaveLength(0);

    const waiting = new AbortController();
    const gone = new Promise<void>((resolve) => {
      vendor.answer = (response) => {
        response.on('close', resolve);
        waiting.abort();
      };
    });
    expect((await failureOf(open({ signal: waiting.signal }))).kind).toBe('cancelled');
    await gone;

    const reading = new AbortController();
    vendor.answer = (response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events[0]);
    const answer = await open({ stream: true, signal: reading.signal });
    const failed = failureOf(read(answer));
    reading.abort();
    expect((await failed).kind).toBe('cancelled');
  });

  test('[MA21] pieces that come faster than a millisecond are given together, in their order', async () => {
    const many = Array.from({ length: 400 }, (_, index) => `data: {"n":${index}}\n\n`);
    vendor.answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of [...many, done]) {
        response.write(event);
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
    const answer = await open({ stream: true, request: { stream_options: { include_usage: true } } });
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.bytes) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe([...many, done].join(''));
    expect(pieces.length).toBeLessThan(many.length / 2);
  });

  test('[MA10] a reader that goes away ends the call at the provider', async () => {
    const gone = new Promise<void>((resolve) => {
      vendor.answer = (response) => {
        response.on('close', resolve);
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events[0]);
      };
    });
    const answer = await open({ stream: true });
    for await (const _ of answer.bytes) break;
    await expect(gone).resolves.toBeUndefined();
  });

  test('[MA10] a slow reader holds the provider back, and loses nothing', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `data: {"n":${index},"pad":"${'x'.repeat(50_000)}"}\n\n`);
    let written = 0;
    vendor.answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of [...many, done]) {
        if (!response.write(event)) await new Promise((resolve) => response.once('drain', resolve));
        written++;
      }
      response.end();
    };
    const answer = await open({ stream: true, request: { stream_options: { include_usage: true } } });
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBeLessThan(many.length);
    expect(await read(answer)).toBe([...many, done].join(''));
  });

  test('[MA1] nobody there, no HTTP there, no TLS there, and an address that is none', async () => {
    const noisy = createServer((socket) => socket.on('data', () => socket.end('SSH-2.0-hello\r\n')));
    await new Promise<void>((resolve) => noisy.listen(0, '127.0.0.1', resolve));
    const noisyPort = (noisy.address() as AddressInfo).port;
    const at = async (url: string): Promise<string> =>
      (await failureOf(open({ call: { deployment: deploymentAt(url) } }))).kind;
    expect(await at(`http://127.0.0.1:${noisyPort}`)).toBe('malformed');
    expect(await at(`https://127.0.0.1:${noisyPort}`)).toBe('connection');
    noisy.close();
    expect(await at(`http://127.0.0.1:${noisyPort}`)).toBe('connection');
    expect(await at('nonsense')).toBe('invalid-request');
  });

  test('[MA4] bytes of another wire are not sent', async () => {
    const deployment = deploymentAt(vendor.url, { kind: 'anthropic', wire: 'anthropic-messages' });
    expect((await failureOf(open({ call: { deployment } }))).kind).toBe('unsupported');
    expect(vendor.asked).toHaveLength(0);
  });
});
