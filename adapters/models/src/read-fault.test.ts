import { describe, expect, test } from 'vitest';
import type { FailureKind } from '@chorale/module-models';
import { faultTable, networkTable } from './fault-table.ts';
import { findFaultRow, readFaultBody } from './find-fault-row.ts';
import { failureOfAnswer, failureOfNetwork, redact } from './read-fault.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const context = { who: 'openai/gpt', nowMs, secret: 'sk-live-0123456789' };

interface Example {
  readonly row: string;
  readonly status: number | undefined;
  readonly body: unknown;
  readonly kind: FailureKind;
}

const openAi = (code: string | null, message: string, type = 'invalid_request_error'): unknown => ({
  error: { message, type, param: null, code },
});
const anthropic = (type: string, message: string): unknown => ({ type: 'error', error: { type, message } });
const google = (status: string, message: string, details: readonly unknown[] = []): unknown => ({
  error: { message, status, details },
});
const perDay = { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] };

const examples: readonly Example[] = [
  { row: 'no credit by status', status: 402, body: openAi(null, 'Payment needed'), kind: 'credit-exhausted' },
  {
    row: 'credit balance',
    status: 400,
    body: anthropic('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    kind: 'credit-exhausted',
  },
  {
    row: 'no credit by code',
    status: 403,
    body: openAi('insufficient_credits', 'Add credits'),
    kind: 'credit-exhausted',
  },
  {
    row: 'quota by code',
    status: 429,
    body: openAi('insufficient_quota', 'You exceeded your current quota, please check your plan', 'insufficient_quota'),
    kind: 'quota-exhausted',
  },
  {
    row: 'quota by code',
    status: 400,
    body: openAi('billing_hard_limit_reached', 'Billing hard limit has been reached'),
    kind: 'quota-exhausted',
  },
  {
    row: 'usage limits',
    status: 400,
    body: anthropic(
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-04-01 at 00:00 UTC.',
    ),
    kind: 'quota-exhausted',
  },
  {
    row: 'quota of a day',
    status: 429,
    body: google('RESOURCE_EXHAUSTED', 'You exceeded your current quota', [perDay]),
    kind: 'quota-exhausted',
  },
  {
    row: 'quota of a day in words',
    status: 429,
    body: openAi('rate_limit_exceeded', 'Limit reached on requests per day (RPD): Limit 200'),
    kind: 'quota-exhausted',
  },
  {
    row: 'too long by code',
    status: 400,
    body: openAi('context_length_exceeded', 'Too long'),
    kind: 'context-too-long',
  },
  {
    row: 'too long by code',
    status: 400,
    body: { error: { code: 400, type: 'exceed_context_size_error', message: 'the request exceeds' } },
    kind: 'context-too-long',
  },
  {
    row: 'too long by status',
    status: 413,
    body: anthropic('request_too_large', 'Request exceeds the maximum size'),
    kind: 'context-too-long',
  },
  {
    row: 'too long in words',
    status: 400,
    body: anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    kind: 'context-too-long',
  },
  {
    row: 'too long in words',
    status: 400,
    body: google(
      'INVALID_ARGUMENT',
      'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    kind: 'context-too-long',
  },
  {
    row: 'too long in words',
    status: 400,
    body: {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens.",
      type: 'BadRequestError',
      code: 400,
    },
    kind: 'context-too-long',
  },
  {
    row: 'one request over the limit of a minute',
    status: 429,
    body: openAi(
      'rate_limit_exceeded',
      'Request too large for gpt-5 on tokens per min (TPM): Limit 30000, Requested 50000',
    ),
    kind: 'context-too-long',
  },
  { row: 'overloaded by status', status: 529, body: anthropic('overloaded_error', 'Overloaded'), kind: 'overloaded' },
  { row: 'overloaded by code', status: undefined, body: anthropic('overloaded_error', 'Busy'), kind: 'overloaded' },
  {
    row: 'overloaded in words',
    status: 503,
    body: google('UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    kind: 'overloaded',
  },
  { row: 'rate limit by status', status: 429, body: openAi('rate_limit_exceeded', 'Slow down'), kind: 'rate-limited' },
  { row: 'rate limit by status', status: 429, body: '', kind: 'rate-limited' },
  {
    row: 'rate limit by code',
    status: undefined,
    body: anthropic('rate_limit_error', 'Slow down'),
    kind: 'rate-limited',
  },
  {
    row: 'bad key by status',
    status: 401,
    body: openAi('invalid_api_key', 'Incorrect API key provided'),
    kind: 'authentication',
  },
  {
    row: 'bad key by code',
    status: 400,
    body: google('INVALID_ARGUMENT', 'Bad', [{ reason: 'API_KEY_INVALID' }]),
    kind: 'authentication',
  },
  {
    row: 'bad key in words',
    status: 403,
    body: { message: 'The security token included in the request is invalid' },
    kind: 'authentication',
  },
  { row: 'content by code', status: 400, body: openAi('content_policy_violation', 'No'), kind: 'content-policy' },
  {
    row: 'content in words',
    status: 400,
    body: openAi(null, 'Your prompt was flagged as potentially violating our usage policy'),
    kind: 'content-policy',
  },
  { row: 'not allowed by status', status: 403, body: anthropic('permission_error', 'Not yours'), kind: 'permission' },
  {
    row: 'not allowed by code',
    status: 400,
    body: { __type: 'AccessDeniedException', message: 'Not yours' },
    kind: 'permission',
  },
  {
    row: 'no model by code',
    status: 404,
    body: openAi('model_not_found', 'The model `x` does not exist'),
    kind: 'model-not-found',
  },
  { row: 'no model by status', status: 404, body: '404 page not found', kind: 'model-not-found' },
  {
    row: 'no model in words',
    status: 400,
    body: { object: 'error', message: 'Invalid model: mistral-huge', code: '1500' },
    kind: 'model-not-found',
  },
  {
    row: 'unsupported by code',
    status: 400,
    body: openAi('unsupported_parameter', "'temperature' goes not with this model"),
    kind: 'unsupported',
  },
  {
    row: 'unsupported in words',
    status: 400,
    body: { error: 'registry.ollama.ai/library/gemma:2b does not support tools' },
    kind: 'unsupported',
  },
  { row: 'timed out by status', status: 408, body: '', kind: 'stalled' },
  { row: 'timed out by code', status: 504, body: google('DEADLINE_EXCEEDED', 'Too slow'), kind: 'stalled' },
  { row: 'failed by status', status: 502, body: '<html><h1>Bad Gateway</h1></html>', kind: 'server-error' },
  {
    row: 'failed by code',
    status: undefined,
    body: anthropic('api_error', 'Internal server error'),
    kind: 'server-error',
  },
  { row: 'wrong by status', status: 400, body: openAi(null, 'Invalid value for messages'), kind: 'invalid-request' },
  {
    row: 'wrong by status',
    status: 422,
    body: { detail: [{ loc: ['body'], msg: 'extra fields' }] },
    kind: 'invalid-request',
  },
  { row: 'wrong by code', status: undefined, body: anthropic('invalid_request_error', 'Bad'), kind: 'invalid-request' },
];

describe('the failure table', () => {
  for (const { row, status, body, kind } of examples) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    test(`[MA1] ${row}: ${status ?? 'in a stream'} ${text.slice(0, 60)} is ${kind}`, () => {
      const answer = { status, headers: {}, body: text };
      expect(findFaultRow(status, readFaultBody(answer))?.name).toBe(row);
      expect(failureOfAnswer(answer, context)).toMatchObject({ kind, status });
    });
  }

  test('[MA1] every row has an example, and every row is named once', () => {
    const named = faultTable.map((row) => row.name);
    expect(new Set(named).size).toBe(named.length);
    expect(named.filter((name) => !examples.some((example) => example.row === name))).toEqual([]);
  });

  test('[MA1] what no row knows is the provider’s fault from 500 on, and ours below', () => {
    const kindOf = (status: number): string => failureOfAnswer({ status, headers: {}, body: '' }, context).kind;
    expect([kindOf(599), kindOf(418), kindOf(302)]).toEqual(['server-error', 'invalid-request', 'malformed']);
  });

  test('[MA1] the code of an AWS error stands in a header', () => {
    const headers = { 'x-amzn-errortype': 'ThrottlingException:http://internal/' };
    const failure = failureOfAnswer({ status: 400, headers, body: '{"message":"Slow down"}' }, context);
    expect(failure.kind).toBe('rate-limited');
  });
});

describe('failures without an answer', () => {
  const codes: Readonly<Record<string, FailureKind>> = {
    HPE_INVALID_CONSTANT: 'malformed',
    UND_ERR_CONNECT_TIMEOUT: 'connection',
    ENOTFOUND: 'connection',
    ECONNREFUSED: 'connection',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'connection',
    ECONNRESET: 'connection',
    UND_ERR_SOCKET: 'connection',
    EHOSTUNREACH: 'connection',
  };

  test('[MA1] are told by the code, also that of a cause, and every row has an example', () => {
    for (const [code, kind] of Object.entries(codes)) {
      const cause = Object.assign(new Error('low'), { code });
      expect(failureOfNetwork(new Error('fetch failed', { cause }), context), code).toMatchObject({ kind });
    }
    const unused = networkTable.filter((row) => !Object.keys(codes).some((code) => row.codes.test(code)));
    expect(unused).toEqual([]);
  });
});

describe('when to come back', () => {
  const wait = (headers: Record<string, string>, body = ''): number | undefined =>
    failureOfAnswer({ status: 429, headers, body }, context).retryAfterMs;

  test('[MA2] Retry-After in seconds, as a date, and in milliseconds', () => {
    expect(wait({ 'retry-after': '7' })).toBe(7_000);
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 12:01:00 GMT' })).toBe(60_000);
    expect(wait({ 'retry-after-ms': '250', 'retry-after': '1' })).toBe(250);
  });

  test('[MA2] of the windows that are used up the one that opens last', () => {
    const openAi = {
      'x-ratelimit-remaining-requests': '12',
      'x-ratelimit-reset-requests': '8h0m0s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1m30.5s',
    };
    expect(wait(openAi)).toBe(90_500);
    expect(wait({ 'x-ratelimit-reset-tokens': '20ms' })).toBe(20);
    expect(
      wait({ 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '2026-03-01T12:00:30Z' }),
    ).toBe(30_000);
    expect(wait({ 'x-ratelimit-reset': String(nowMs / 1_000 + 5) })).toBe(5_000);
  });

  test('[MA2] what the body says: Google’s delay, OpenAI’s words, Anthropic’s date', () => {
    expect(wait({}, '{"error":{"details":[{"retryDelay":"34.07s"}]}}')).toBe(34_070);
    expect(wait({}, '{"error":{"message":"Please try again in 1m2s."}}')).toBe(62_000);
    const regain =
      'You have reached your specified API usage limits. You will regain access on 2026-03-02 at 00:00 UTC.';
    const failure = failureOfAnswer(
      { status: 400, headers: {}, body: JSON.stringify(anthropic('x', regain)) },
      context,
    );
    expect(failure.retryAfterMs).toBe(12 * 3_600_000);
  });

  test('[MA2] nothing said, nonsense, and the past', () => {
    expect(wait({})).toBeUndefined();
    expect(wait({ 'retry-after': 'soon' })).toBeUndefined();
    expect(wait({ 'retry-after': '-5' })).toBe(0);
    expect(wait({ 'retry-after': '99999999' })).toBe(31 * 86_400_000);
  });
});

describe('keys', () => {
  test('[MA3] neither a whole key nor one with stars is repeated', () => {
    const said =
      'Incorrect API key provided: sk-live-0123456789, or sk-pr****************wxyz. Also AIzaSyA1234567890.';
    const body = JSON.stringify({ error: { message: said } });
    const { message } = failureOfAnswer({ status: 401, headers: {}, body }, context);
    expect(message).not.toMatch(/0123|wxyz|SyA1/);
    expect(message).toContain('Incorrect API key provided: [key]');
  });

  test('[MA3] ordinary words stay', () => {
    expect(redact('the key-value store of sk-learn', 'abc')).toBe('the key-value store of sk-learn');
  });
});
