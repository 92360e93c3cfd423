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

/** How bytes are given to whoever has an address of them. */
export interface ArtifactLink {
  readonly seconds: number;
  readonly contentType: string;
  /** As in Content-Disposition. */
  readonly disposition: string;
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
  /** An address that leads past us to the bytes, for so long. Absent where only we can give them. */
  link?(tenantId: TenantId, hash: string, link: ArtifactLink): Promise<string>;
}
