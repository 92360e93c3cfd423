// Facts about well-known models, as of `knownFrom`: what they can do, what they cost, how good they are in general.
//
// Prices change and models come and go; this list is a start, not the truth. Configuration overrides every fact here, a
// server that says its own context length is believed over it, and what is not known has no price: such a model is
// refused wherever a budget in money holds. `quality` is a rough order from public comparisons; what is learned from a
// tenant's own tasks refines it.

import type { Capability, Prices, ProviderKind } from '@chorale/module-models';

export const knownFrom = '2025-10-15';

export interface KnownModel {
  readonly kind: ProviderKind;
  /** The name at the provider; dated names of the same model begin with it. */
  readonly model: string;
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  readonly capabilities: readonly Capability[];
  readonly prices: Prices;
  readonly quality: number;
}

const chat: readonly Capability[] = ['tools', 'parallel-tools', 'json-schema', 'streaming'];
const seeing: readonly Capability[] = [...chat, 'images'];
const cached: readonly Capability[] = [...seeing, 'prompt-cache'];
const thinking: readonly Capability[] = [...cached, 'reasoning'];

/** In, out, from the cache and into the cache; the last two are as `in` where a vendor has no price of their own. */
type Dollars = readonly [input: number, output: number, cachedInput?: number, cacheWrite?: number];

/** Dollars for a million tokens; in nano-dollars the same number with nine zeros. */
function dollars(...[input, output, cachedInput = input, cacheWrite = input]: Dollars): Prices {
  const nano = (value: number): number => Math.round(value * 1e9);
  return { input: nano(input), output: nano(output), cachedInput: nano(cachedInput), cacheWrite: nano(cacheWrite) };
}

type Row = readonly [
  model: string,
  context: number,
  output: number,
  can: readonly Capability[],
  prices: Prices,
  quality: number,
];

const rows: Readonly<Partial<Record<ProviderKind, readonly Row[]>>> = {
  openai: [
    ['gpt-5', 400_000, 128_000, thinking, dollars(1.25, 10, 0.125), 0.93],
    ['gpt-5-mini', 400_000, 128_000, thinking, dollars(0.25, 2, 0.025), 0.84],
    ['gpt-5-nano', 400_000, 128_000, thinking, dollars(0.05, 0.4, 0.005), 0.7],
    ['gpt-4.1', 1_047_576, 32_768, cached, dollars(2, 8, 0.5), 0.8],
    ['gpt-4.1-mini', 1_047_576, 32_768, cached, dollars(0.4, 1.6, 0.1), 0.72],
    ['gpt-4.1-nano', 1_047_576, 32_768, cached, dollars(0.1, 0.4, 0.025), 0.58],
    ['gpt-4o', 128_000, 16_384, cached, dollars(2.5, 10, 1.25), 0.76],
    ['gpt-4o-mini', 128_000, 16_384, cached, dollars(0.15, 0.6, 0.075), 0.63],
    ['o3', 200_000, 100_000, thinking, dollars(2, 8, 0.5), 0.9],
    ['o4-mini', 200_000, 100_000, thinking, dollars(1.1, 4.4, 0.275), 0.84],
    ['text-embedding-3-small', 8_191, 0, ['embeddings'], dollars(0.02, 0), 0.6],
    ['text-embedding-3-large', 8_191, 0, ['embeddings'], dollars(0.13, 0), 0.7],
    ['gpt-4o-mini-tts', 2_000, 16_000, ['speech'], dollars(0.6, 12), 0.7],
    ['gpt-4o-transcribe', 16_000, 2_000, ['transcription'], dollars(2.5, 10), 0.8],
    ['gpt-4o-mini-transcribe', 16_000, 2_000, ['transcription'], dollars(1.25, 5), 0.7],
  ],
  anthropic: [
    ['claude-opus-4-1', 200_000, 32_000, thinking, dollars(15, 75, 1.5, 18.75), 0.93],
    ['claude-sonnet-4-5', 200_000, 64_000, thinking, dollars(3, 15, 0.3, 3.75), 0.94],
    ['claude-sonnet-4', 200_000, 64_000, thinking, dollars(3, 15, 0.3, 3.75), 0.88],
    ['claude-haiku-4-5', 200_000, 64_000, thinking, dollars(1, 5, 0.1, 1.25), 0.84],
    ['claude-3-5-haiku', 200_000, 8_192, cached, dollars(0.8, 4, 0.08, 1), 0.68],
  ],
  google: [
    ['gemini-2.5-pro', 1_048_576, 65_536, thinking, dollars(1.25, 10, 0.31), 0.9],
    ['gemini-2.5-flash', 1_048_576, 65_536, thinking, dollars(0.3, 2.5, 0.075), 0.81],
    ['gemini-2.5-flash-lite', 1_048_576, 65_536, thinking, dollars(0.1, 0.4, 0.025), 0.68],
    ['gemini-2.0-flash', 1_048_576, 8_192, cached, dollars(0.1, 0.4, 0.025), 0.68],
    ['gemini-2.0-flash-lite', 1_048_576, 8_192, seeing, dollars(0.075, 0.3), 0.6],
    ['gemini-embedding-001', 2_048, 0, ['embeddings'], dollars(0.15, 0), 0.7],
  ],
  mistral: [
    ['mistral-large', 131_072, 32_768, seeing, dollars(2, 6), 0.75],
    ['mistral-medium', 131_072, 32_768, seeing, dollars(0.4, 2), 0.76],
    ['mistral-small', 131_072, 32_768, seeing, dollars(0.1, 0.3), 0.65],
    ['magistral-medium', 40_960, 32_768, [...chat, 'reasoning'], dollars(2, 5), 0.77],
    ['codestral', 256_000, 32_768, chat, dollars(0.3, 0.9), 0.66],
    ['ministral-8b', 131_072, 32_768, chat, dollars(0.1, 0.1), 0.5],
    ['mistral-embed', 8_192, 0, ['embeddings'], dollars(0.1, 0), 0.55],
  ],
  bedrock: [
    ['openai.gpt-oss-120b-1:0', 128_000, 32_768, [...chat, 'reasoning'], dollars(0.15, 0.6), 0.74],
    ['openai.gpt-oss-20b-1:0', 128_000, 32_768, [...chat, 'reasoning'], dollars(0.07, 0.3), 0.63],
  ],
};

export const knownModels: readonly KnownModel[] = Object.entries(rows).flatMap(([kind, list]) =>
  list.map(([model, contextTokens, outputTokensMax, capabilities, prices, quality]) => ({
    kind: kind as ProviderKind,
    model,
    contextTokens,
    outputTokensMax,
    capabilities,
    prices,
    quality,
  })),
);

/** The entry of that name, or of the name without its date or `latest`. */
export function findKnownModel(kind: ProviderKind, model: string): KnownModel | undefined {
  const plain = model.replace(/^models\//, '').replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2}|\d{4}|\d{3}|latest)$/, '');
  const own = knownModels.filter((known) => known.kind === kind);
  return own.find((known) => known.model === model) ?? own.find((known) => known.model === plain);
}
