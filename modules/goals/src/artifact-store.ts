// What the product needs from whatever keeps the bytes of artifacts. The rows that name them are in the GoalStore.
//
// Contract:
// AS1 Bytes are known by their SHA-256; the same bytes are kept once per tenant.
// AS2 `put` resolves only when the bytes are durable; an interrupted put leaves nothing that `open` can see.
// AS3 `open` never returns bytes whose digest differs from the name: it fails with `artifact-damaged` instead.
// AS4 A tenant can open only what it has put.
import type { TenantId } from '@chorale/lib-ids';

export interface StoredBytes {
  /** `sha256:` and 64 hex digits. */
  readonly hash: string;
  readonly sizeBytes: number;
}

export interface ArtifactStore {
  /** Refuses with `artifact-too-large` past `sizeBytesMax`, keeping nothing. */
  put(
    tenantId: TenantId,
    bytes: AsyncIterable<Uint8Array>,
    limits: { readonly sizeBytesMax: number },
  ): Promise<StoredBytes>;
  /** Undefined when there are no such bytes. */
  open(tenantId: TenantId, hash: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}
