import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import {
  faultsBeforeFirstByte,
  seededFaults,
  startVendor,
  type Brain,
  type Fault,
  type Vendor,
  type VendorOptions,
} from '../index.ts';

let vendor: Vendor | undefined;
afterEach(async () => vendor?.close());

const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object', properties: {} } } }];
const brain: Brain = (request) =>
  request.tools.length > 0
    ? { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }
    : { text: 'one two three four five' };

async function open(faults: VendorOptions['faults'], options: Partial<VendorOptions> = {}): Promise<Vendor> {
  vendor = await startVendor({ kind: 'openai', brain, ...(faults === undefined ? {} : { faults }), ...options });
  return vendor;
}

const bodies = {
  openai: { path: '/chat/completions', body: { model: 'gpt-4.1-mini', messages: [{ role: 'user', content: 'x' }] } },
  anthropic: {
    path: '/messages',
    body: { model: 'claude-haiku-4-5', max_tokens: 99, messages: [{ role: 'user', content: 'x' }] },
  },
  google: {
    path: '/models/gemini-2.5-flash:generateContent',
    body: { contents: [{ role: 'user', parts: [{ text: 'x' }] }] },
  },
  bedrock: {
    path: '/model/amazon.nova-pro-v1%3A0/converse',
    body: { messages: [{ role: 'user', content: [{ text: 'x' }] }] },
  },
};
const keys = {
  authorization: 'Bearer test-key',
  'x-api-key': 'test-key',
  'x-goog-api-key': 'test-key',
  'anthropic-version': '2023-06-01',
  'content-type': 'application/json',
};

interface Ending {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly end: 'whole' | 'reset' | 'silent';
}

const forEver = { headersMs: 20_000, silenceMs: 20_000 };
/** Short only where nothing more can come. */
const patienceFor = (fault: Fault): typeof forEver => ({
  headersMs: fault.kind === 'stall-before-headers' ? 200 : forEver.headersMs,
  silenceMs: fault.kind.startsWith('stall') ? 500 : forEver.silenceMs,
});

/** Sees where a line breaks, and leaves when its patience is over. */
async function send(to: Vendor, extra: object = {}, patience = forEver): Promise<Ending> {
  const { path, body } = bodies[to.kind === 'openai-compatible' ? 'openai' : to.kind];
  return new Promise((resolve) => {
    let text = '';
    let status: number | undefined;
    let headers = {};
    let timer: NodeJS.Timeout | undefined;
    const end = (how: Ending['end']): void => {
      clearTimeout(timer);
      sent.destroy();
      resolve({ status, headers, text, end: how });
    };
    const wait = (waitMs: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end('silent'), waitMs);
    };
    const sent = httpRequest(to.baseUrl + path, { method: 'POST', headers: keys, agent: false }, (response) => {
      status = response.statusCode;
      headers = response.headers;
      wait(patience.silenceMs);
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
        wait(patience.silenceMs);
      });
      response.on('end', () => end('whole'));
      response.on('error', () => end('reset'));
    });
    sent.on('error', () => end('reset'));
    wait(patience.headersMs);
    sent.end(JSON.stringify({ ...body, ...extra }));
  });
}

const stream = { stream: true };

describe('a refusal on demand has the body of its vendor', () => {
  const cases: readonly (readonly [Fault, Record<'openai' | 'anthropic' | 'google', readonly [number, string]>])[] = [
    [
      { kind: 'rate-limited', retryAfterMs: 2_000 },
      {
        openai: [429, '"code":"rate_limit_exceeded"'],
        anthropic: [429, '"type":"rate_limit_error"'],
        google: [429, '"retryDelay":"2s"'],
      },
    ],
    [
      { kind: 'quota' },
      {
        openai: [429, '"code":"insufficient_quota"'],
        anthropic: [400, 'You have reached your specified API usage limits'],
        google: [429, 'PerDay'],
      },
    ],
    [
      { kind: 'billing-limit' },
      {
        openai: [400, 'billing_hard_limit_reached'],
        anthropic: [400, 'Your credit balance is too low'],
        google: [400, 'FAILED_PRECONDITION'],
      },
    ],
    [
      { kind: 'payment-required' },
      { openai: [402, 'Insufficient Balance'], anthropic: [402, 'billing_error'], google: [402, 'depleted'] },
    ],
    [
      { kind: 'unauthorized' },
      { openai: [401, 'invalid_api_key'], anthropic: [401, 'authentication_error'], google: [400, 'API_KEY_INVALID'] },
    ],
    [
      { kind: 'forbidden' },
      {
        openai: [403, 'does not have access'],
        anthropic: [403, 'permission_error'],
        google: [403, 'PERMISSION_DENIED'],
      },
    ],
    [
      { kind: 'not-found' },
      { openai: [404, 'model_not_found'], anthropic: [404, 'not_found_error'], google: [404, 'NOT_FOUND'] },
    ],
    [
      { kind: 'context-length' },
      {
        openai: [400, 'context_length_exceeded'],
        anthropic: [400, 'prompt is too long'],
        google: [400, 'exceeds the maximum number of tokens'],
      },
    ],
    [
      { kind: 'server-error', status: 529 },
      { openai: [529, 'server_error'], anthropic: [529, 'overloaded_error'], google: [529, 'UNAVAILABLE'] },
    ],
    [
      { kind: 'content-policy' },
      { openai: [400, 'invalid_prompt'], anthropic: [400, 'content filtering'], google: [400, 'blocked'] },
    ],
  ];

  test.each(cases)('%o', async (fault, expected) => {
    for (const kind of ['openai', 'anthropic', 'google'] as const) {
      const started = await startVendor({ kind, brain, faults: [fault] });
      const [status, words] = expected[kind];
      expect(await send(started)).toMatchObject({ status, text: expect.stringContaining(words) as string });
      expect(await send(started), 'only once').toMatchObject({ status: 200 });
      expect(started.meter.total()).toMatchObject({ refused: 1, completed: 1 });
      await started.close();
    }
  });

  test('Retry-After and the headers that name the end of the window are sent when asked for', async () => {
    const to = await open([
      { kind: 'rate-limited' },
      { kind: 'rate-limited', retryAfterMs: 1_500 },
      { kind: 'rate-limited', retryAfterMs: 1_500, resetHeaders: true },
    ]);
    expect((await send(to)).headers).not.toHaveProperty('retry-after');
    expect((await send(to)).headers).toMatchObject({ 'retry-after': '2', 'retry-after-ms': '1500' });
    expect((await send(to)).headers).toMatchObject({ 'x-ratelimit-reset-requests': '1.5s' });
  });
});

describe('the line fails where it is told to', () => {
  const cases: readonly (readonly [Fault, Partial<Ending>, 'broken' | 'completed'])[] = [
    [{ kind: 'reset-before-headers' }, { status: undefined, end: 'reset' }, 'broken'],
    [{ kind: 'reset-after-headers' }, { status: 200, text: '', end: 'reset' }, 'broken'],
    [{ kind: 'reset-after-chunks', chunks: 2 }, { status: 200, end: 'reset' }, 'broken'],
    [{ kind: 'stall-before-headers' }, { status: undefined, end: 'silent' }, 'broken'],
    [{ kind: 'stall-after-headers' }, { status: 200, text: '', end: 'silent' }, 'broken'],
    [{ kind: 'stall-after-chunks', chunks: 2 }, { status: 200, end: 'silent' }, 'broken'],
    [{ kind: 'cut-short', chunks: 3 }, { status: 200, end: 'whole' }, 'broken'],
    [{ kind: 'slow-drip', delayMs: 2 }, { status: 200, end: 'whole' }, 'completed'],
  ];

  test.each(cases)('%o', async (fault, expected, outcome) => {
    const to = await open([fault]);
    const got = await send(to, stream, patienceFor(fault));
    expect(got).toMatchObject(expected);
    expect(got.text.includes('[DONE]')).toBe(outcome === 'completed');
    const events = got.text.split('\n\n').length - 1;
    expect(events).toBe('chunks' in fault ? fault.chunks : outcome === 'completed' ? 9 : 0);
    expect(await send(to, stream)).toMatchObject({ status: 200, end: 'whole' });
    expect(to.meter.total()).toMatchObject({ requests: 2, [outcome]: outcome === 'completed' ? 2 : 1 });
    expect(to.log.entries[0]).toMatchObject({ fault: fault.kind, outcome });
  });

  test('a plain answer fails too: in the middle, and as no JSON', async () => {
    const to = await open([
      { kind: 'reset-after-chunks', chunks: 1 },
      { kind: 'cut-short', chunks: 1 },
      { kind: 'malformed' },
    ]);
    expect(await send(to)).toMatchObject({ status: 200, end: 'reset' });
    const cut = await send(to);
    expect(cut).toMatchObject({ status: 200, end: 'whole' });
    expect(() => JSON.parse(cut.text) as unknown).toThrow(SyntaxError);
    expect((await send(to)).text).toContain('<html>');
  });

  test('an event that is no JSON, and an error in the middle of a stream', async () => {
    const to = await open([
      { kind: 'malformed', chunks: 1 },
      { kind: 'error-event', chunks: 2 },
    ]);
    const malformed = (await send(to, stream)).text.split('\n\n');
    expect(() => JSON.parse(malformed[1]?.slice(6) ?? '') as unknown).toThrow(SyntaxError);
    const failed = (await send(to, stream)).text;
    expect(failed).toContain('server_error');
    expect(failed).not.toContain('[DONE]');
  });
});

describe('the answer is bad where it is told to be', () => {
  interface ChatReply {
    readonly choices: readonly {
      readonly finish_reason: string;
      readonly message: {
        readonly content: string | null;
        readonly refusal: string | null;
        readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: string } }[];
      };
    }[];
  }
  const choiceOf = ({ text }: Ending): ChatReply['choices'][number] | undefined =>
    (JSON.parse(text) as ChatReply).choices[0];

  test('arguments cut off, and a tool that does not exist', async () => {
    const to = await open([{ kind: 'truncated-arguments' }, { kind: 'wrong-tool-name' }]);
    const cut = choiceOf(await send(to, { tools }))?.message.tool_calls?.[0]?.function;
    expect(cut).toEqual({ name: 'add', arguments: '{"a":1' });
    const wrong = choiceOf(await send(to, { tools }))?.message.tool_calls?.[0]?.function;
    expect(wrong).toEqual({ name: 'add_v2', arguments: '{"a":1,"b":2}' });
  });

  test('a refusal, and the same over and over up to the limit', async () => {
    const to = await open([{ kind: 'refusal' }, { kind: 'repetition' }]);
    expect(choiceOf(await send(to))?.message).toMatchObject({ content: null, refusal: 'I cannot help with that.' });
    const endless = choiceOf(await send(to, { max_tokens: 50 }));
    expect(endless?.finish_reason).toBe('length');
    expect(endless?.message.content?.length).toBe(200);
  });
});

describe('who chooses the faults', () => {
  test('[VN1] a request that breaks a rule is refused by the rule, and uses no fault up', async () => {
    const to = await open([{ kind: 'server-error' }]);
    expect(await send(to, { foo: 1 })).toMatchObject({ status: 400 });
    expect(await send(to)).toMatchObject({ status: 500 });
  });

  test('a function sees what is asked', async () => {
    const to = await open(({ no, stream: streamed, body }) =>
      streamed && body.includes('"stream":true') && no === 2 ? { kind: 'server-error', status: 503 } : undefined,
    );
    expect(await send(to, stream)).toMatchObject({ status: 200 });
    expect(await send(to, stream)).toMatchObject({ status: 503 });
    expect(await send(to)).toMatchObject({ status: 200 });
  });

  test('a seed gives the same faults again', () => {
    const draw = (seed: number): readonly (string | undefined)[] => {
      const choose = seededFaults(seed, { rate: 0.5, faults: faultsBeforeFirstByte });
      const request = { no: 1, path: '', model: '', key: '', stream: false, body: '' };
      return Array.from({ length: 40 }, () => choose(request)?.kind);
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(new Set(draw(1)).size).toBeGreaterThan(4);
  });
});
