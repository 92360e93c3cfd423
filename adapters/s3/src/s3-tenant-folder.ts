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

/** Whoever reads them checks the hash. */
export async function* listS3TenantArtifacts(
  bucket: S3Bucket,
  tenantId: TenantId,
): AsyncGenerator<{ readonly hash: string; open(): Promise<AsyncIterable<Uint8Array>> }> {
  const folder = `artifacts/${tenantId}/`;
  for await (const key of bucket.list(folder)) {
    const digest = key.slice(folder.length);
    if (/^[0-9a-f]{64}$/.test(digest))
      yield { hash: `sha256:${digest}`, open: async () => (await bucket.get(key)) ?? nothing() };
  }
}

async function* nothing(): AsyncIterable<Uint8Array> {
  // It was removed meanwhile: no bytes, whose hash is another.
}
