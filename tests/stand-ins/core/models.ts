// The models a stand-in has unless a test names others.

import type { VendorKind, VendorModel } from './protocol.ts';

const defaults: Readonly<Record<VendorKind, readonly VendorModel[]>> = {
  openai: [
    { id: 'gpt-5', contextTokens: 400_000, outputTokensMax: 128_000, reasons: true },
    { id: 'gpt-5-mini', contextTokens: 400_000, outputTokensMax: 128_000, reasons: true },
    { id: 'gpt-4.1-mini', contextTokens: 1_047_576, outputTokensMax: 32_768 },
    { id: 'text-embedding-3-small', contextTokens: 8_191 },
    { id: 'gpt-4o-mini-tts' },
    { id: 'gpt-4o-mini-transcribe' },
  ],
  anthropic: [
    { id: 'claude-sonnet-5-5', contextTokens: 1_000_000, outputTokensMax: 128_000, reasons: true, adaptiveOnly: true },
    { id: 'claude-sonnet-4-5', contextTokens: 200_000, outputTokensMax: 64_000, reasons: true },
    { id: 'claude-haiku-4-5', contextTokens: 200_000, outputTokensMax: 64_000, reasons: true },
  ],
  google: [
    { id: 'gemini-3-pro-preview', contextTokens: 1_048_576, outputTokensMax: 65_536, reasons: true },
    { id: 'gemini-2.5-flash', contextTokens: 1_048_576, outputTokensMax: 65_536, reasons: true },
  ],
  bedrock: [
    {
      id: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
      contextTokens: 200_000,
      outputTokensMax: 64_000,
      reasons: true,
    },
    { id: 'amazon.nova-pro-v1:0', contextTokens: 300_000, outputTokensMax: 10_000 },
  ],
  'openai-compatible': [
    { id: 'llama-3.3-70b', contextTokens: 131_072, outputTokensMax: 8_192 },
    { id: 'nomic-embed-text', contextTokens: 8_192 },
  ],
};

export function modelsOf(kind: VendorKind, models: readonly VendorModel[] | undefined): readonly VendorModel[] {
  return models ?? defaults[kind];
}
