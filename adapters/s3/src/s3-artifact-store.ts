// Artifacts in a bucket, each under the hash of its content.
//
// Invariants: SA1 an object under its name is whole: what is too long to be sent at once comes together beside it, and is
//                 copied there by the service when its hash is known.
//             SA2 bytes are held against their name when they are read. What is short is read before any of it is given out;
//                 of what is long the last piece is kept back until the whole is known to be right.

import { createHash, randomUUID, type Hash } from 'node:crypto';
import { broken, refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { ArtifactStore, StoredBytes } from '@chorale/module-goals';
import type { S3Bucket, UploadedPart } from './s3-bucket.ts';

/** Parts of an upload are at least 5 MiB, by S3's rules, and at most 10,000: this makes 78 GiB. */
const partSizeBytes = 8 * 1024 * 1024;
const tenantPattern = /^[A-Za-z0-9_-]{1,128}$/;
const hashPattern = /^sha256:[0-9a-f]{64}$/;

interface Received extends StoredBytes {
  /** Undefined where it was uploaded in parts. */
  readonly bytes: Uint8Array | undefined;
}

export function openS3ArtifactStore(bucket: S3Bucket): ArtifactStore {
  return {
    async put(tenantId, source, { sizeBytesMax }) {
      checkTenant(tenantId);
      const beside = `incoming/${randomUUID()}`;
      const { bytes, ...stored } = await receive(bucket, { source, beside, sizeBytesMax });
      const key = artifactKey(tenantId, stored.hash);
      // Also where it is already: that mends what was damaged.
      if (bytes !== undefined) await bucket.put(key, bytes);
      else {
        await bucket.copy(beside, key);
        await bucket.remove(beside);
      }
      return stored;
    },
    async open(tenantId, hash) {
      checkTenant(tenantId);
      if (!hashPattern.test(hash)) return undefined;
      const found = await bucket.get(artifactKey(tenantId, hash));
      return found === undefined ? undefined : verified(found, hash);
    },
  };
}

export function artifactKey(tenantId: TenantId, hash: string): string {
  return `artifacts/${tenantId}/${hash.slice('sha256:'.length)}`;
}

function checkTenant(tenantId: TenantId): void {
  if (tenantPattern.test(tenantId)) return;
  throw refused('tenant-invalid', `${JSON.stringify(tenantId)} cannot name a tenant's folder`, {
    action: 'use letters, digits, `-` and `_`, at most 128',
  });
}

interface Receiving {
  readonly source: AsyncIterable<Uint8Array>;
  /** Where parts come together. */
  readonly beside: string;
  readonly sizeBytesMax: number;
}

/** Holds one part in memory at a time. */
async function receive(bucket: S3Bucket, { source, beside, sizeBytesMax }: Receiving): Promise<Received> {
  const digest = createHash('sha256');
  const parts: UploadedPart[] = [];
  let [held, heldBytes, sizeBytes]: [Uint8Array[], number, number] = [[], 0, 0];
  let id: string | undefined;
  const send = async (): Promise<void> => {
    id ??= await bucket.beginUpload(beside);
    parts.push(await bucket.uploadPart(beside, { id, number: parts.length + 1 }, Buffer.concat(held)));
    [held, heldBytes] = [[], 0];
  };
  try {
    for await (const chunk of source) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > sizeBytesMax) throw tooLarge(sizeBytesMax);
      digest.update(chunk);
      held.push(chunk);
      heldBytes += chunk.byteLength;
      if (heldBytes >= partSizeBytes) await send();
    }
    if (id !== undefined) {
      if (heldBytes > 0) await send();
      await bucket.finishUpload(beside, id, parts);
    }
  } catch (error) {
    // What cannot be dropped now is dropped by the bucket's rules for `incoming/`.
    if (id !== undefined) await bucket.dropUpload(beside, id).catch(() => undefined);
    throw error;
  }
  return { hash: named(digest), sizeBytes, bytes: id === undefined ? Buffer.concat(held) : undefined };
}

async function* verified(bytes: AsyncIterable<Uint8Array>, hash: string): AsyncIterable<Uint8Array> {
  const digest = createHash('sha256');
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of bytes) {
    digest.update(chunk);
    held.push(chunk);
    heldBytes += chunk.byteLength;
    if (heldBytes < partSizeBytes) continue;
    yield* held.splice(0, held.length - 1);
    heldBytes = chunk.byteLength;
  }
  const found = named(digest);
  if (found !== hash) {
    throw broken('artifact-damaged', `the bytes kept as ${hash} have the digest ${found}`, {
      action: 'put the same bytes again, or run the task that made them again',
      data: { hash, found },
    });
  }
  yield* held;
}

function named(digest: Hash): string {
  return `sha256:${digest.digest('hex')}`;
}

function tooLarge(sizeBytesMax: number): Error {
  return refused('artifact-too-large', `an artifact may have ${sizeBytesMax} bytes, this one has more`, {
    action: 'store less, or raise the limit',
    data: { sizeBytesMax },
  });
}
