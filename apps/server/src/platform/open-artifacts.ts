// Where the bytes of artifacts and the kept replies of models are: in the data directory, or in a bucket that every process
// of a cluster reaches.

import { join } from 'node:path';
import {
  listTenantArtifacts,
  openFilesystemArtifactStore,
  openFilesystemReplyKeeper,
  openTenantFolder,
  removeArtifact,
  replyFolderOf,
  type ArtifactFile,
  type FilesystemReplyKeeper,
  type TenantFolder,
} from '@chorale/adapter-filesystem';
import {
  keepLifecycle,
  listS3TenantArtifacts,
  openS3ArtifactStore,
  openS3Bucket,
  openS3Links,
  openS3ReplyKeeper,
  openS3TenantArtifacts,
  openS3TenantReplies,
  parseS3Address,
  removeS3Artifact,
  sweepBucket,
  type S3Account,
  type S3Bucket,
} from '@chorale/adapter-s3';
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { ArtifactStore } from '@chorale/module-goals';
import type { Config } from '../config/config-schema.ts';
import { openServiceDispatcher } from './service-dispatcher.ts';
import { refusePlain, type ServiceLinks } from './service-tls.ts';

export interface KeptBytes {
  readonly artifacts: ArtifactStore;
  readonly replies: FilesystemReplyKeeper;
  /** Where a tenant has something that goes with it. */
  readonly places: readonly (TenantFolder & { readonly name: string })[];
  readonly listArtifacts: (tenantId: TenantId) => AsyncIterable<ArtifactFile>;
  /** Removes what was not put since; says how many bytes went. */
  readonly removeArtifact: (tenantId: TenantId, hash: string, storedBefore: number) => Promise<number>;
}

/** Throws refused `s3-address-invalid`, `s3-account-missing` and `service-in-plain`. */
export async function openArtifacts(
  config: Pick<Config, 'dataDir' | 'artifacts' | 'services'>,
  env: NodeJS.ProcessEnv,
  links: ServiceLinks,
): Promise<KeptBytes> {
  if (config.artifacts !== '') return inBucket(config, env, links);
  const directory = join(config.dataDir, 'artifacts');
  const replies = join(config.dataDir, 'replies');
  return {
    artifacts: await openFilesystemArtifactStore({ directory }),
    replies: openFilesystemReplyKeeper({ directory: replies, now: Date.now }),
    places: [
      { name: 'artifact files', ...openTenantFolder(directory) },
      { name: 'replies kept', ...openTenantFolder(replies, replyFolderOf) },
    ],
    listArtifacts: (tenantId) => listTenantArtifacts(directory, tenantId),
    removeArtifact: (tenantId, hash, storedBefore) => removeArtifact(directory, { tenantId, hash, storedBefore }),
  };
}

function inBucket(
  { artifacts, services }: Pick<Config, 'artifacts' | 'services'>,
  env: NodeJS.ProcessEnv,
  links: ServiceLinks,
): KeptBytes {
  const address = parseS3Address(artifacts);
  if (!address.endpoint.startsWith('https:')) refusePlain('The bucket', address.endpoint, services);
  const account = readAccount(env);
  const bucket = openS3Bucket(address, { ...account, dispatcher: openServiceDispatcher(links.any) });
  return {
    artifacts: { ...openS3ArtifactStore(bucket), ...openS3Links(address, account) },
    replies: { ...openS3ReplyKeeper(bucket), sweep: sweepWhereNobodyElseDoes(bucket) },
    places: [
      { name: 'artifact files', ...openS3TenantArtifacts(bucket) },
      { name: 'replies kept', ...openS3TenantReplies(bucket) },
    ],
    listArtifacts: (tenantId) => listS3TenantArtifacts(bucket, tenantId),
    removeArtifact: (tenantId, hash, storedBefore) => removeS3Artifact(bucket, { tenantId, hash, storedBefore }),
  };
}

/** What is old goes by the bucket's own rules, which are put in; where it takes none, it goes here. */
function sweepWhereNobodyElseDoes(bucket: S3Bucket): () => Promise<number> {
  let hasRules: boolean | undefined;
  return async () => {
    hasRules ??= await keepLifecycle(bucket);
    return hasRules ? 0 : sweepBucket(bucket, Date.now());
  };
}

function readAccount(env: NodeJS.ProcessEnv): S3Account {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const why = 'Artifacts are to be kept in a bucket, and nothing says with whose credentials.';
    throw refused('s3-account-missing', why, { action: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.' });
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
