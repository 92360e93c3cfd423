export { openS3ArtifactStore } from './s3-artifact-store.ts';
export { parseS3Address, type S3Account, type S3Address } from './s3-address.ts';
export { openS3ReplyKeeper } from './s3-reply-keeper.ts';
export {
  listS3TenantArtifacts,
  openS3TenantArtifacts,
  openS3TenantReplies,
  removeS3Artifact,
  type S3Artifact,
} from './s3-tenant-folder.ts';
export { openS3Bucket, type S3Bucket } from './s3-bucket.ts';
export { keepLifecycle, sweepBucket } from './s3-lifecycle.ts';
export { openS3Links } from './s3-links.ts';
