// Reasoning as a caller of /v1/responses keeps it between two requests: opaque to it, and with all that decides whether
// a provider will take it back. Nothing is kept here instead.
import type { Provenance } from '@chorale/module-models';
import { z } from 'zod';

const prefix = 'chorale.1.';

const contentSchema = z.strictObject({
  provider: z.string(),
  model: z.string(),
  text: z.string(),
  signature: z.string().exactOptional(),
});

export type WrappedReasoning = z.infer<typeof contentSchema>;

export function wrapReasoning(by: Provenance, part: { readonly text: string; readonly signature?: string }): string {
  const content: WrappedReasoning = {
    provider: by.provider,
    model: by.model,
    text: part.text,
    ...(part.signature === undefined ? {} : { signature: part.signature }),
  };
  return `${prefix}${Buffer.from(JSON.stringify(content)).toString('base64url')}`;
}

/** Undefined for what another server wrapped. */
export function unwrapReasoning(text: string): WrappedReasoning | undefined {
  if (!text.startsWith(prefix)) return undefined;
  try {
    return contentSchema.parse(JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}
