// Replies of models to calls that may be made again under the same id, where every process of a cluster finds them. They go by
// the bucket's rules for `replies/`: see docs/operating/cluster.md.

import { createHash } from 'node:crypto';
import type { ChatReply, ReplyKeeper } from '@chorale/module-models';
import type { S3Bucket } from './s3-bucket.ts';

/** The folder with all replies of a tenant. */
export function replyFolderOf(tenantId: string): string {
  return createHash('sha256').update(tenantId).digest('hex').slice(0, 16);
}

export function openS3ReplyKeeper(bucket: S3Bucket): ReplyKeeper {
  // Ids come from outside and may hold anything.
  const keyOf = (tenantId: string, callId: string): string => {
    const name = createHash('sha256')
      .update(JSON.stringify([tenantId, callId]))
      .digest('hex');
    return `replies/${replyFolderOf(tenantId)}/${name}.json`;
  };
  return {
    async find(tenantId, callId) {
      const found = await bucket.get(keyOf(tenantId, callId));
      if (found === undefined) return undefined;
      const chunks: Uint8Array[] = [];
      for await (const chunk of found) chunks.push(chunk);
      return JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChatReply;
    },
    async keep(tenantId, callId, reply) {
      await bucket.put(keyOf(tenantId, callId), Buffer.from(JSON.stringify(reply)));
    },
  };
}
