// What a tenant has in a bucket: artifacts, and kept replies.
import type { TenantId } from '@chorale/lib-ids';
import type { S3Bucket } from './s3-bucket.ts';
import { replyFolderOf } from './s3-reply-keeper.ts';

export interface S3TenantFolder {
  count(tenantId: TenantId): Promise<number>;
  erase(tenantId: TenantId): Promise<void>;
}

export function openS3TenantArtifacts(bucket: S3Bucket): S3TenantFolder {
  return openFolder(bucket, (tenantId) => `artifacts/${tenantId}/`);
}

export function openS3TenantReplies(bucket: S3Bucket): S3TenantFolder {
  return openFolder(bucket, (tenantId) => `replies/${replyFolderOf(tenantId)}/`);
}

function openFolder(bucket: S3Bucket, folderOf: (tenantId: TenantId) => string): S3TenantFolder {
  return {
    async count(tenantId) {
      let objects = 0;
      for await (const _key of bucket.list(folderOf(tenantId))) objects += 1;
      return objects;
    },
    async erase(tenantId) {
      for await (const key of bucket.list(folderOf(tenantId))) await bucket.remove(key);
    },
  };
}

export interface S3Artifact {
  readonly hash: string;
  /** When these bytes were put last. */
  readonly storedAt: number;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** Whoever reads them checks the hash. */
export async function* listS3TenantArtifacts(bucket: S3Bucket, tenantId: TenantId): AsyncGenerator<S3Artifact> {
  const folder = `artifacts/${tenantId}/`;
  for await (const { key, storedAt } of bucket.listDated(folder)) {
    const digest = key.slice(folder.length);
    if (/^[0-9a-f]{64}$/.test(digest))
      yield { hash: `sha256:${digest}`, storedAt, open: async () => (await bucket.get(key)) ?? nothing() };
  }
}

/** Removes bytes that were not put since a moment, and says how many there were: 0 where they were, or are not there. */
export async function removeS3Artifact(
  bucket: S3Bucket,
  {
    tenantId,
    hash,
    storedBefore,
  }: { readonly tenantId: TenantId; readonly hash: string; readonly storedBefore: number },
): Promise<number> {
  const digest = /^sha256:([0-9a-f]{64})$/.exec(hash)?.[1];
  if (digest === undefined) return 0;
  // Looked at again right before it goes: whoever puts the same bytes puts them anew.
  for await (const { key, storedAt, sizeBytes } of bucket.listDated(`artifacts/${tenantId}/${digest}`)) {
    if (!(storedAt < storedBefore)) return 0;
    await bucket.remove(key);
    return sizeBytes;
  }
  return 0;
}

async function* nothing(): AsyncIterable<Uint8Array> {
  // It was removed meanwhile: no bytes, whose hash is another.
}
