import { afterEach, describe, expect, test } from 'vitest';
import { createMeter, startVendor, type Vendor, type VendorOptions } from '../index.ts';

const started: Vendor[] = [];
afterEach(async () => {
  for (const vendor of started.splice(0)) await vendor.close();
});

async function open(options: Partial<VendorOptions> = {}): Promise<Vendor> {
  const vendor = await startVendor({ kind: 'openai', brain: () => ({ text: 'word'.repeat(10) }), ...options });
  started.push(vendor);
  return vendor;
}

interface Ask {
  readonly messages: readonly object[];
  readonly key?: string;
  readonly extra?: object;
}

async function chat(
  vendor: Vendor,
  { messages, key = 'test-key', extra = {} }: Ask,
): Promise<{ status: number; usage: unknown }> {
  const response = await fetch(`${vendor.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'gpt-4.1-mini', messages, ...extra }),
  });
  const { usage } = (await response.json()) as { usage: unknown };
  return { status: response.status, usage };
}

const said = (content: string): readonly object[] => [{ role: 'user', content }];

describe('the meter', () => {
  test('counts tokens and money, by key', async () => {
    const prices = { 'gpt-4.1-mini': { input: 1_000_000, output: 4_000_000 } };
    const vendor = await open({ prices, keys: ['a', 'b'] });
    await chat(vendor, { messages: said('x'.repeat(400)), key: 'a' });
    await chat(vendor, { messages: said('x'.repeat(40)), key: 'b' });
    await chat(vendor, { messages: said('y'), key: 'c' });
    expect(vendor.meter.of('a')).toMatchObject({ completed: 1, inputTokens: 100, outputTokens: 10, cost: 140 });
    expect(vendor.meter.of('b')).toMatchObject({ completed: 1, inputTokens: 10, outputTokens: 10, cost: 50 });
    expect(vendor.meter.total()).toMatchObject({ requests: 3, completed: 2, refused: 1, cost: 190 });
    expect(vendor.log.entries.map((entry) => entry.cost)).toEqual([140, 50, 0]);
  });

  test('[TK2] a prompt that begins as an earlier one is cached, for the same cache key only', async () => {
    const vendor = await open({
      cachedTokensMin: 50,
      prices: { 'gpt-4.1-mini': { input: 10_000_000, output: 0, cachedInput: 1_000_000 } },
    });
    const long = { role: 'system', content: 'r'.repeat(400) };
    const ask = (content: string, key: string): ReturnType<typeof chat> =>
      chat(vendor, { messages: [long, { role: 'user', content }], extra: { prompt_cache_key: key } });
    expect((await ask('one', 'k')).usage).toMatchObject({
      prompt_tokens: 101,
      prompt_tokens_details: { cached_tokens: 0 },
    });
    expect((await ask('two', 'k')).usage).toMatchObject({ prompt_tokens_details: { cached_tokens: 100 } });
    expect((await ask('two', 'other')).usage).toMatchObject({ prompt_tokens_details: { cached_tokens: 0 } });
    expect(vendor.log.entries.map((entry) => entry.cost)).toEqual([1_010, 110, 1_010]);
  });

  test('sees a conversation that was paid for twice, also at another vendor', async () => {
    const meter = createMeter();
    const first = await open({ meter });
    const second = await open({ meter, kind: 'anthropic' });
    await chat(first, { messages: said('once') });
    await chat(first, { messages: said('twice') });
    expect(meter.repeated()).toEqual([]);
    const response = await fetch(`${second.baseUrl}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'test-key', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 99, messages: said('twice') }),
    });
    expect(response.status).toBe(200);
    await response.text();
    expect(meter.repeated()).toEqual([{ fingerprint: second.log.entries[0]?.fingerprint, replies: 2 }]);
    expect(meter.repliesTo(first.log.entries[0]?.fingerprint ?? '')).toBe(1);
  });

  test('[MT1] an answer that broke off was paid for, and is no repetition', async () => {
    const vendor = await open({
      faults: [{ kind: 'reset-after-headers' }],
      prices: { 'gpt-4.1-mini': { input: 0, output: 1_000_000 } },
    });
    await expect(chat(vendor, { messages: said('x') })).rejects.toThrow(TypeError);
    await chat(vendor, { messages: said('x') });
    expect(vendor.meter.total()).toMatchObject({ broken: 1, completed: 1, cost: 20 });
    expect(vendor.meter.repeated()).toEqual([]);
  });
});

describe('the log', () => {
  test('finds what was sent, escaped or not, and forgets the oldest', async () => {
    const vendor = await open({ logEntriesMax: 10 });
    await chat(vendor, { messages: said('the canary "sings"\nloud') });
    expect(vendor.log.find('canary "sings"\nloud')).toHaveLength(1);
    expect(vendor.log.find('crow')).toEqual([]);
    for (let no = 0; no < 10; no += 1) await chat(vendor, { messages: said(`no ${no}`) });
    expect(vendor.log.entries).toHaveLength(10);
    expect(vendor.log.find('canary')).toEqual([]);
  });
});

describe('limits of a model', () => {
  test('what does not fit its context is refused by the words of the vendor', async () => {
    const vendor = await open({ models: [{ id: 'gpt-4.1-mini', contextTokens: 100 }] });
    expect((await chat(vendor, { messages: said('x'.repeat(400)) })).status).toBe(200);
    expect((await chat(vendor, { messages: said('x'.repeat(401)) })).status).toBe(400);
    expect(vendor.log.entries[1]?.error).toContain("This model's maximum context length is 100 tokens.");
  });

  test('an answer ends where its limit falls', async () => {
    const vendor = await open();
    expect((await chat(vendor, { messages: said('x'), extra: { max_tokens: 3 } })).usage).toMatchObject({
      completion_tokens: 3,
    });
  });

  test('a brain that fails is a failure of the stand-in, said aloud', async () => {
    const vendor = await open({
      brain: () => {
        throw new Error('no idea');
      },
    });
    expect((await chat(vendor, { messages: said('x') })).status).toBe(500);
    expect(vendor.log.entries[0]?.error).toContain('no idea');
  });
});
