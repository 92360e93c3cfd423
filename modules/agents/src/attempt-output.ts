// Values pass between tasks as they are while they are small, and by reference when they are not: rows stay small
// whatever a tool gives.

import type { TenantId } from '@chorale/lib-ids';
import type { Json } from '@chorale/module-goals';
import type { AttemptPorts } from './attempt-ports.ts';
import type { KeptArtifact } from './tool.ts';
import { utf8Bytes } from './tool-output.ts';

/** Larger than this, as JSON in UTF-8, a value is kept as an artifact and its reference takes its place. */
export const inlineSizeBytesMax = 32 * 1024;

/** Stands for bytes that are kept elsewhere, wherever a value may stand. */
export type ArtifactReference = {
  readonly $artifact: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
};

export function isArtifactReference(value: Json | undefined): value is ArtifactReference {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    typeof (value as { $artifact?: Json }).$artifact === 'string'
  );
}

export interface KeptValue {
  readonly value: Json;
  /** Set when the value is now a reference. */
  readonly artifact?: KeptArtifact;
}

export async function keepValue(
  value: Json,
  name: string,
  { keepText, tenantId }: Pick<AttemptPorts, 'keepText'> & { readonly tenantId: TenantId },
): Promise<KeptValue> {
  const text = JSON.stringify(value);
  // The count is exact, and made only when the length leaves a doubt.
  if (text.length * 3 <= inlineSizeBytesMax || utf8Bytes(text) <= inlineSizeBytesMax) return { value };
  const { hash, sizeBytes } = await keepText(tenantId, text);
  const mediaType = 'application/json';
  return { value: { $artifact: hash, name, mediaType, sizeBytes }, artifact: { name, hash, mediaType, sizeBytes } };
}
