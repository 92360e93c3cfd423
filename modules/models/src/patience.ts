// How long a deployment may be silent before it counts as failed and another is asked. What is configured for it comes
// first, then what is configured for all, then what its kind is like.

import type { Deployment, ProviderKind } from './deployment.ts';

export interface Patience {
  /** To the first byte of a stream. */
  readonly firstByteMs: number;
  /** Between two bytes. */
  readonly silenceMs: number;
  /** For each token that an answer may have, on top of the first byte, where an answer comes whole. */
  readonly tokenMs: number;
}

const hosted: Patience = { firstByteMs: 20_000, silenceMs: 30_000, tokenMs: 50 };
/** Some think before they send anything. */
const thinking: Patience = { ...hosted, firstByteMs: 60_000, silenceMs: 60_000 };
/** A server of our own may have to load the model first, and reads long prompts slowly. */
const local: Patience = { firstByteMs: 120_000, silenceMs: 60_000, tokenMs: 200 };

const localKinds: ReadonlySet<ProviderKind> = new Set(['ollama', 'llama.cpp', 'vllm', 'lm-studio']);

export function patienceOf(deployment: Deployment, general: Partial<Patience>): Patience {
  const { kind, retention, capabilities, patience } = deployment;
  const isLocal = localKinds.has(kind) || retention === 'local';
  const byKind = isLocal ? local : capabilities.includes('reasoning') ? thinking : hosted;
  return { ...byKind, ...general, ...patience };
}
