// What a provider signs, as the one opaque text that a part of a conversation keeps, and back again.

import type { SharedV4ProviderMetadata, SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { Wire } from '@chorale/module-models';

/** Thoughts that Anthropic does not show come as data alone; its signatures are base 64 and have no colon. */
const redacted = 'redacted:';

/** Undefined when nothing is signed. */
export function readSignature(wire: Wire, metadata: SharedV4ProviderMetadata | undefined): string | undefined {
  const fields = Object.assign({}, ...Object.values(metadata ?? {})) as Readonly<Record<string, unknown>>;
  switch (wire) {
    case 'anthropic-messages':
      if (typeof fields.redactedData === 'string') return redacted + fields.redactedData;
      return asText(fields.signature);
    case 'openai-responses': {
      const encrypted = asText(fields.reasoningEncryptedContent);
      return encrypted && JSON.stringify([asText(fields.itemId) ?? null, encrypted]);
    }
    case 'google-generate':
    case 'openai-chat':
      return asText(fields.thoughtSignature);
    case 'bedrock-converse': {
      const hidden = asText(fields.redactedContent) ?? asText(fields.redactedData);
      return hidden === undefined ? asText(fields.signature) : redacted + hidden;
    }
    case 'mistral-chat':
      return undefined;
  }
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What the provider's package wants beside a part that is signed. */
export function writeSignature(wire: Wire, signature: string): SharedV4ProviderOptions {
  switch (wire) {
    case 'anthropic-messages':
      return {
        anthropic: signature.startsWith(redacted) ? { redactedData: signature.slice(redacted.length) } : { signature },
      };
    case 'openai-responses': {
      const [itemId, reasoningEncryptedContent] = JSON.parse(signature) as [string | null, string];
      return { openai: { ...(itemId === null ? {} : { itemId }), reasoningEncryptedContent } };
    }
    case 'google-generate':
      return { google: { thoughtSignature: signature } };
    case 'bedrock-converse':
      return {
        amazonBedrock: signature.startsWith(redacted)
          ? { redactedContent: signature.slice(redacted.length) }
          : { signature },
      };
    case 'openai-chat':
    case 'mistral-chat':
      return {};
  }
}
