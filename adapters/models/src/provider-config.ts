// What a configuration says of a provider, and what is known of each kind of provider without one.

import type { Capability, Patience, Prices, ProviderKind, Retention, Wire } from '@chorale/module-models';

/** One model with what is said about it; what is not said is from the registry, or asked of the server. */
export interface ModelConfig {
  readonly name: string;
  readonly contextTokens?: number;
  readonly outputTokensMax?: number;
  readonly capabilities?: readonly Capability[];
  /** Null: it is said that nothing is known. */
  readonly prices?: Prices | null;
  readonly quality?: number;
}

export interface ProviderConfig {
  /** Unique; deployments are called `name/model`. */
  readonly name: string;
  readonly kind: ProviderKind;
  readonly baseUrl?: string;
  /** The key itself: whoever reads the configuration resolves the reference. */
  readonly apiKey?: string;
  /** Instead of a key: requests to Amazon are signed with them. */
  readonly aws?: AwsCredentials;
  /** Undefined: all that the provider lists and the registry knows, or, on a local server, all that it lists. */
  readonly models?: readonly (string | ModelConfig)[];
  readonly wire?: Wire;
  readonly region?: string;
  readonly retention?: Retention;
  readonly headers?: Readonly<Record<string, string>>;
  readonly patience?: Partial<Patience>;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface KindDefaults {
  readonly baseUrl: string | undefined;
  readonly wire: Wire;
  readonly retention: Retention;
  /** Environment variables that hold a key, the first found counts. */
  readonly keyNames: readonly string[];
  /** Runs on our own machines: looked for at its address, and free. */
  readonly local: boolean;
}

const remote = { retention: 'keeps', local: false } as const;
const local = { wire: 'openai-chat', retention: 'local', keyNames: [], local: true } as const;

/** Retention is what the vendors' terms for paid use say by default: kept for a while against misuse, not learned from. */
export const kindDefaults: Readonly<Record<ProviderKind, KindDefaults>> = {
  openai: { ...remote, baseUrl: 'https://api.openai.com/v1', wire: 'openai-chat', keyNames: ['OPENAI_API_KEY'] },
  anthropic: {
    ...remote,
    baseUrl: 'https://api.anthropic.com/v1',
    wire: 'anthropic-messages',
    keyNames: ['ANTHROPIC_API_KEY'],
  },
  google: {
    ...remote,
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    wire: 'google-generate',
    keyNames: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  },
  mistral: { ...remote, baseUrl: 'https://api.mistral.ai/v1', wire: 'mistral-chat', keyNames: ['MISTRAL_API_KEY'] },
  nvidia: {
    ...remote,
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    wire: 'openai-chat',
    keyNames: ['NVIDIA_API_KEY'],
  },
  // Its address has the region in it; Bedrock keeps nothing of what is sent.
  bedrock: {
    baseUrl: undefined,
    wire: 'openai-chat',
    retention: 'none',
    keyNames: ['AWS_BEARER_TOKEN_BEDROCK'],
    local: false,
  },
  ollama: { ...local, baseUrl: 'http://127.0.0.1:11434/v1' },
  'llama.cpp': { ...local, baseUrl: 'http://127.0.0.1:8080/v1' },
  vllm: { ...local, baseUrl: 'http://127.0.0.1:8000/v1' },
  'lm-studio': { ...local, baseUrl: 'http://127.0.0.1:1234/v1' },
  'openai-compatible': { ...remote, baseUrl: undefined, wire: 'openai-chat', keyNames: [] },
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The providers that the environment has keys for. */
export function providersOfEnvironment(environment: Environment): readonly ProviderConfig[] {
  return (Object.keys(kindDefaults) as ProviderKind[]).flatMap((kind): readonly ProviderConfig[] => {
    const name = kindDefaults[kind].keyNames.find((each) => (environment[each] ?? '').trim() !== '');
    const apiKey = name === undefined ? undefined : environment[name]?.trim();
    if (apiKey === undefined) return [];
    const region = kind === 'bedrock' ? (environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION) : undefined;
    return [{ name: kind, kind, apiKey, ...(region === undefined ? {} : { region }) }];
  });
}

/** The local servers at their well-known addresses, there or not. */
export function localProviders(): readonly ProviderConfig[] {
  return (Object.keys(kindDefaults) as ProviderKind[])
    .filter((kind) => kindDefaults[kind].local)
    .map((kind) => ({ name: kind, kind }));
}

/** Without a trailing slash; undefined when neither configuration nor kind names one. */
export function baseUrlOf(provider: ProviderConfig): string | undefined {
  const named = provider.baseUrl ?? kindDefaults[provider.kind].baseUrl;
  if (named !== undefined) return named.replace(/\/+$/, '');
  if (provider.kind !== 'bedrock' || provider.region === undefined) return undefined;
  const host = `https://bedrock-runtime.${provider.region}.amazonaws.com`;
  return provider.wire === 'bedrock-converse' ? host : `${host}/openai/v1`;
}
