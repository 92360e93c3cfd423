import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { discoverDeployments, type Discovered, type DiscoverOptions } from './discover-deployments.ts';
import { findKnownModel, knownFrom, knownModels } from './known-models.ts';
import { baseUrlOf, kindDefaults, localProviders, providersOfEnvironment } from './provider-config.ts';
import { realClock, sendJson, startVendor, type VendorServer } from './vendor-server.fixture.ts';

const key = 'sk-secret-0123456789abcdef';
const signal = new AbortController().signal;
let vendor: VendorServer;
beforeEach(async () => {
  vendor = await startVendor();
});
afterEach(() => vendor.close());

const discover = (
  providers: DiscoverOptions['providers'],
  options: Partial<DiscoverOptions> = {},
): Promise<Discovered> => discoverDeployments({ providers, local: false, clock: realClock, signal, ...options });

describe('what a provider lists', () => {
  test('[MA15] of a vendor the models of the registry, with their dated facts, and no key', async () => {
    vendor.answer = (response) =>
      sendJson(response, { data: [{ id: 'gpt-4o-2024-08-06' }, { id: 'gpt-5' }, { id: 'dall-e-3' }] });
    const { deployments, accounts, providers } = await discover([
      { name: 'oa', kind: 'openai', baseUrl: `${vendor.url}/v1/`, apiKey: key },
    ]);
    expect(deployments.map((each) => each.id)).toEqual(['oa/gpt-4o-2024-08-06', 'oa/gpt-5']);
    expect(deployments[1]).toMatchObject({
      baseUrl: `${vendor.url}/v1`,
      wire: 'openai-chat',
      retention: 'keeps',
      contextTokens: 400_000,
      prices: { input: 1_250_000_000, output: 10_000_000_000, cachedInput: 125_000_000 },
      factsFrom: knownFrom,
    });
    expect(JSON.stringify({ deployments, providers })).not.toContain(key);
    expect(accounts.get('oa')).toMatchObject({ apiKey: key });
    expect(vendor.asked[0]).toMatchObject({ path: '/v1/models', headers: { authorization: `Bearer ${key}` } });
  });

  test('[MA15] Google and Anthropic are asked in their own ways', async () => {
    vendor.answer = (response, asked) =>
      asked.path.includes('pageSize')
        ? sendJson(response, {
            models: [{ name: 'models/gemini-2.5-pro', inputTokenLimit: 1_000, outputTokenLimit: 500 }],
          })
        : sendJson(response, { data: [{ id: 'claude-sonnet-4-5-20250929' }] });
    const { deployments } = await discover([
      { name: 'g', kind: 'google', baseUrl: vendor.url, apiKey: key },
      { name: 'a', kind: 'anthropic', baseUrl: vendor.url, apiKey: key },
    ]);
    expect(deployments).toMatchObject([
      { id: 'g/gemini-2.5-pro', contextTokens: 1_000, outputTokensMax: 500, wire: 'google-generate' },
      { id: 'a/claude-sonnet-4-5-20250929', contextTokens: 200_000, wire: 'anthropic-messages' },
    ]);
    const headers = vendor.asked.map((each) => each.headers);
    expect(headers.find((each) => each['x-goog-api-key'] === key)).toBeDefined();
    expect(headers.find((each) => each['x-api-key'] === key)).toMatchObject({ 'anthropic-version': '2023-06-01' });
  });

  test('[MA16] local servers say their own context, cost nothing, and stay on the machine', async () => {
    vendor.answer = (response, { path }) => {
      const answers: Record<string, unknown> = {
        '/vllm/v1/models': { data: [{ id: 'llama', max_model_len: 32_768 }] },
        '/cpp/v1/models': { data: [{ id: 'qwen', meta: { n_ctx_train: 131_072 } }] },
        '/cpp/props': { default_generation_settings: { n_ctx: 16_384 } },
        '/ollama/v1/models': { data: [{ id: 'gemma' }] },
        '/ollama/api/show': { parameters: 'stop "x"\nnum_ctx 12000', model_info: { 'gemma.context_length': 131_072 } },
        '/studio/v1/models': { data: [{ id: 'phi' }] },
        '/studio/api/v0/models': { data: [{ id: 'phi', max_context_length: 100_000, loaded_context_length: 9_000 }] },
      };
      sendJson(response, answers[path] ?? {}, answers[path] === undefined ? 404 : 200);
    };
    const { deployments } = await discover([
      { name: 'v', kind: 'vllm', baseUrl: `${vendor.url}/vllm/v1` },
      { name: 'c', kind: 'llama.cpp', baseUrl: `${vendor.url}/cpp/v1` },
      { name: 'o', kind: 'ollama', baseUrl: `${vendor.url}/ollama/v1` },
      { name: 's', kind: 'lm-studio', baseUrl: `${vendor.url}/studio/v1` },
    ]);
    expect(deployments.map((each) => [each.id, each.contextTokens])).toEqual([
      ['v/llama', 32_768],
      ['c/qwen', 16_384],
      ['o/gemma', 12_000],
      ['s/phi', 9_000],
    ]);
    expect(deployments[0]).toMatchObject({ retention: 'local', prices: { input: 0, output: 0 } });
  });
});

describe('what configuration says', () => {
  test('[MA17] named models are there when the provider is not, with what is said about them', async () => {
    vendor.answer = (response) => sendJson(response, { error: { message: `Bad key ${key}` } }, 401);
    const { deployments, providers } = await discover([
      {
        name: 'oa',
        kind: 'openai',
        baseUrl: vendor.url,
        apiKey: key,
        region: 'eu',
        retention: 'none',
        wire: 'openai-responses',
        models: [
          'gpt-5',
          { name: 'own', contextTokens: 9_000, prices: { input: 1, output: 2, cachedInput: 1, cacheWrite: 1 } },
          { name: 'gpt-4o', prices: null },
        ],
      },
    ]);
    expect(deployments).toMatchObject([
      { id: 'oa/gpt-5', quality: 0.93, region: 'eu', retention: 'none', wire: 'openai-responses' },
      { id: 'oa/own', contextTokens: 9_000, outputTokensMax: 4_096, prices: { input: 1, output: 2 } },
      { id: 'oa/gpt-4o', prices: undefined },
    ]);
    expect(providers).toMatchObject([{ name: 'oa', deployments: 3, problem: { kind: 'authentication' } }]);
    expect(JSON.stringify(providers)).not.toContain(key);
  });

  test('[MA17] an unknown model of a vendor has no price', async () => {
    vendor.answer = (response) => sendJson(response, { data: [] });
    const { deployments } = await discover([
      { name: 'm', kind: 'mistral', baseUrl: vendor.url, models: ['mistral-next', 'some-embed'] },
    ]);
    expect(deployments).toMatchObject([
      { prices: undefined, quality: 0.5, capabilities: ['tools', 'streaming'] },
      { prices: undefined, capabilities: ['embeddings'] },
    ]);
  });

  test('[MA17] a provider without an address says what it needs', async () => {
    const { providers } = await discover([
      { name: 'b', kind: 'bedrock', apiKey: key },
      { name: 'c', kind: 'openai-compatible' },
    ]);
    expect(providers.map((each) => each.problem?.message)).toEqual([
      'b: a provider of kind bedrock needs a region',
      'c: a provider of kind openai-compatible needs a baseUrl',
    ]);
    expect(baseUrlOf({ name: 'b', kind: 'bedrock', region: 'eu-west-1' })).toContain('bedrock-runtime.eu-west-1.');
  });
});

describe('what is found without configuration', () => {
  test('[MA18] the well-known keys name their vendors; blanks are none', () => {
    const environment = {
      OPENAI_API_KEY: ' a ',
      ANTHROPIC_API_KEY: ' ',
      GOOGLE_API_KEY: 'g',
      AWS_BEARER_TOKEN_BEDROCK: 'b',
      AWS_REGION: 'us-east-1',
    };
    expect(providersOfEnvironment(environment)).toEqual([
      { name: 'openai', kind: 'openai', apiKey: 'a' },
      { name: 'google', kind: 'google', apiKey: 'g' },
      { name: 'bedrock', kind: 'bedrock', apiKey: 'b', region: 'us-east-1' },
    ]);
  });

  test('[MA18] local servers are looked for at their ports', () => {
    expect(localProviders().map((each) => baseUrlOf(each))).toEqual([
      'http://127.0.0.1:11434/v1',
      'http://127.0.0.1:8080/v1',
      'http://127.0.0.1:8000/v1',
      'http://127.0.0.1:1234/v1',
    ]);
  });

  test('[MA18] what is configured under a name or an address is not found a second time', async () => {
    vendor.answer = (response) => sendJson(response, { data: [{ id: 'gpt-5' }] });
    const { providers } = await discover([{ name: 'openai', kind: 'openai', baseUrl: vendor.url, apiKey: key }], {
      environment: { OPENAI_API_KEY: 'other' },
    });
    expect(providers).toEqual([{ name: 'openai', kind: 'openai', from: 'configuration', deployments: 1 }]);
  });
});

describe('the registry', () => {
  test('[MA19] every entry makes sense, and none is there twice', () => {
    const names = knownModels.map((model) => `${model.kind}/${model.model}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { model, prices, quality, contextTokens, capabilities } of knownModels) {
      expect([model, Object.values(prices).every((price) => Number.isSafeInteger(price) && price >= 0)]).toEqual([
        model,
        true,
      ]);
      expect([model, prices.cachedInput <= prices.input, quality > 0 && quality < 1, contextTokens > 1_000]).toEqual([
        model,
        true,
        true,
        true,
      ]);
      expect(capabilities.length).toBeGreaterThan(0);
    }
    expect(Object.keys(kindDefaults)).toHaveLength(11);
  });

  test('[MA19] dated and latest names are the model they are of; others are not', () => {
    expect(findKnownModel('openai', 'gpt-4o-2024-08-06')?.model).toBe('gpt-4o');
    expect(findKnownModel('mistral', 'mistral-large-latest')?.model).toBe('mistral-large');
    expect(findKnownModel('anthropic', 'claude-sonnet-4-20250514')?.model).toBe('claude-sonnet-4');
    expect(findKnownModel('google', 'models/gemini-2.0-flash-001')?.model).toBe('gemini-2.0-flash');
    expect(findKnownModel('openai', 'gpt-4o-audio-preview')).toBeUndefined();
    expect(findKnownModel('mistral', 'gpt-5')).toBeUndefined();
  });
});
