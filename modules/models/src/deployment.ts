// A deployment is one model at one address under one account: what a call can be sent to.

import type { Patience } from './patience.ts';

/** How sensitive what is sent is; each class includes the demands of those before it. */
export const dataClasses = ['public', 'internal', 'personal', 'secret'] as const;
export type DataClass = (typeof dataClasses)[number];

/** What the provider does with what it is sent: on our own machines, kept by nobody, kept for a while, learned from. */
export type Retention = 'local' | 'none' | 'keeps' | 'trains';

/** The format spoken at the address. */
export type Wire =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'google-generate'
  | 'mistral-chat'
  | 'bedrock-converse';

export type Capability =
  | 'tools'
  | 'parallel-tools'
  | 'json-schema'
  | 'images'
  | 'reasoning'
  | 'embeddings'
  | 'speech'
  | 'transcription'
  | 'prompt-cache'
  | 'streaming';

/** Nano-dollars (10^-9 USD) for a million tokens, so that sums stay whole numbers. */
export interface Prices {
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
}

export interface Deployment {
  /** Unique in the installation, e.g. `openai/gpt-5-mini` or `office-gpu/llama-3.3-70b`. */
  readonly id: string;
  /** The name of the provider in the configuration. */
  readonly provider: string;
  /** What the provider is: decides headers, signatures, and which faults mean what. */
  readonly kind: ProviderKind;
  readonly wire: Wire;
  /** The model's name at the provider. */
  readonly model: string;
  /** Without a trailing slash; paths of the wire format are appended. */
  readonly baseUrl: string;
  readonly region: string | undefined;
  readonly retention: Retention;
  readonly capabilities: readonly Capability[];
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  /** Undefined: nothing is known, and the deployment is refused wherever a budget in money holds. */
  readonly prices: Prices | undefined;
  /** How good the model is in general, 0 to 1, from the dated registry; what is learned here refines it. */
  readonly quality: number;
  /** Where it differs from what its kind is given. */
  readonly patience?: Partial<Patience>;
  /** The date of the registry the facts are from, or when they were probed; `YYYY-MM-DD`. */
  readonly factsFrom: string;
}

export const providerKinds = [
  'openai',
  'anthropic',
  'google',
  'mistral',
  'bedrock',
  'nvidia',
  'ollama',
  'llama.cpp',
  'vllm',
  'lm-studio',
  'openai-compatible',
] as const;
export type ProviderKind = (typeof providerKinds)[number];
