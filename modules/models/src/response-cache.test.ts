import { defaultTenant, type TenantId } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';
import { canonicalBody, canonicalJson, canonicalRequest } from './canonical-request.ts';
import type { ChatReply, ChatRequest } from './conversation.ts';
import type { CallContext, ModelCallId } from './model-call.ts';
import { createResponseCache } from './response-cache.ts';
import type { CacheQuestion } from './router-ports.ts';

const context: CallContext = { callId: 'call_1' as ModelCallId, tenantId: defaultTenant, models: ['small'] };
const request: ChatRequest = {
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'What is 2 + 2?' }] }],
  temperature: 0,
};
const reply = (text: string, finish: ChatReply['finish'] = 'stop'): ChatReply => ({
  parts: [{ type: 'text', text }],
  finish,
  usage: { inputTokens: 8, outputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
  by: { provider: 'openai', model: 'small' },
});
const asker = { context, allowed: [] };
const ask = (
  change: { context?: Partial<CallContext>; request?: Partial<ChatRequest>; allowed?: readonly string[] } = {},
): CacheQuestion => ({
  allowed: change.allowed ?? [],
  context: { ...context, ...change.context },
  request: { ...request, ...change.request },
});

/** No hash at all: what differs stays different, which is what a test of keys wants. */
const sha256Hex = (text: string): string => text;
const clock = { at: 0, now: () => clock.at };
const open = (): ReturnType<typeof createResponseCache> => createResponseCache({ clock, sha256Hex });

describe('the key of a question', () => {
  test('[RC1] the order of fields and fields that are undefined do not count', () => {
    expect(canonicalJson({ b: [1, { d: 2, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":2}]}');
    expect(canonicalJson({ a: 'x', b: [1, { d: 2 }] })).toBe(canonicalJson({ b: [1, { d: 2 }], a: 'x' }));
  });

  test('[RC1] what only carries an answer differently does not count', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'x' }], temperature: 0 };
    const beside = { stream: true, stream_options: { include_usage: true }, user: 'u', metadata: { a: 'b' } };
    expect(canonicalBody(asker, '/chat/completions', { ...body, ...beside })).toBe(
      canonicalBody(asker, '/chat/completions', body),
    );
    expect(canonicalRequest(asker, { ...request, cacheKey: 'k' })).toBe(canonicalRequest(asker, request));
  });

  test('[RC1] everything else does', () => {
    const body = { model: 'm', messages: [], temperature: 0 };
    const keys = [
      canonicalBody(asker, '/a', body),
      canonicalBody(asker, '/b', body),
      canonicalBody(asker, '/a', { ...body, seed: 1 }),
      canonicalBody(asker, '/a', { ...body, model: 'n' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('kept answers', () => {
  test('[RC1] the same question finds its answer, another asker or question does not', () => {
    const cache = open();
    void cache.keep(ask(), reply('4'));
    expect(cache.find(ask({ context: { callId: 'call_2' as ModelCallId } }))).toEqual(reply('4'));
    expect(cache.find(ask({ context: { tenantId: 'other' as TenantId } }))).toBeUndefined();
    expect(cache.find(ask({ allowed: ['small'] }))).toBeUndefined();
    expect(cache.find(ask({ context: { models: ['large'] } }))).toBeUndefined();
    expect(cache.find(ask({ request: { seed: 7 } }))).toBeUndefined();
  });

  test('[RC2] without temperature 0 nothing is kept, unless that is configured', () => {
    const warm = ask({ request: { temperature: 0.7 } });
    const cache = open();
    void cache.keep(warm, reply('4'));
    expect(cache.size()).toEqual({ entries: 0, bytes: 0 });
    const keen = createResponseCache({ clock, sha256Hex, mayKeep: () => true });
    void keen.keep(warm, reply('4'));
    expect(keen.find(warm)).toEqual(reply('4'));
  });

  test('[RC2] an answer that was cut off, refused or filtered is not kept', () => {
    const cache = open();
    for (const finish of ['length', 'refusal', 'content-filter'] as const) void cache.keep(ask(), reply('4', finish));
    expect(cache.find(ask())).toBeUndefined();
  });

  test('[RC3] after its age it is gone', () => {
    clock.at = 0;
    const cache = open();
    void cache.keep(ask(), reply('4'));
    clock.at = 3_599_999;
    expect(cache.find(ask())).toBeDefined();
    clock.at = 3_600_000;
    expect(cache.find(ask())).toBeUndefined();
    expect(cache.size()).toEqual({ entries: 0, bytes: 0 });
  });
});

describe('the bounds', () => {
  const limits = { ageMsMax: 1_000, entriesMax: 3, bytesMax: 80 };

  test('[RC3] the entry that was not used for longest goes first', () => {
    const cache = createBoundedCache<string>(clock, limits);
    for (const key of ['a', 'b', 'c']) cache.keep(key, key, 5);
    cache.find('a');
    cache.keep('d', 'd', 5);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.find(key))).toEqual(['a', undefined, 'c', 'd']);
  });

  test('[RC3] the sum of sizes never passes the limit, and one large entry pushes out none', () => {
    const cache = createBoundedCache<number>(clock, { ...limits, entriesMax: 1_000 });
    for (let at = 0; at < 100; at++) {
      cache.keep(String(at % 17), at, (at * 7) % 13);
      expect(cache.size().bytes).toBeLessThanOrEqual(limits.bytesMax);
    }
    const before = cache.size();
    cache.keep('large', 1, 11);
    expect(cache.size()).toEqual(before);
    expect(cache.find('large')).toBeUndefined();
    cache.clear();
    expect(cache.size()).toEqual({ entries: 0, bytes: 0 });
  });
});
