// Addresses in a bucket under which one object can be read for a while by whoever has them: signed, so that nothing in them can
// be changed (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
//
// The bytes come from the service as they lie there: whoever reads them holds them against the hash.

import type { TenantId } from '@chorale/lib-ids';
import type { ArtifactLink } from '@chorale/module-goals';
import { AwsClient } from 'aws4fetch';
import type { S3Account, S3Address } from './s3-address.ts';
import { artifactKey } from './s3-artifact-store.ts';

export interface S3Links {
  link(tenantId: TenantId, hash: string, link: ArtifactLink): Promise<string>;
}

export function openS3Links({ endpoint, region, bucket, prefix }: S3Address, account: S3Account): S3Links {
  const { accessKeyId, secretAccessKey, sessionToken } = account;
  const token = sessionToken === undefined ? {} : { sessionToken };
  const client = new AwsClient({ accessKeyId, secretAccessKey, ...token, region, service: 's3' });
  return {
    async link(tenantId, hash, { seconds, contentType, disposition }) {
      const url = new URL(`${endpoint}/${bucket}/${prefix}${artifactKey(tenantId, hash)}`);
      url.searchParams.set('X-Amz-Expires', String(seconds));
      url.searchParams.set('response-content-type', contentType);
      url.searchParams.set('response-content-disposition', disposition);
      const signed = await client.sign(url.href, { method: 'GET', aws: { signQuery: true } });
      return strictly(new URL(signed.url));
    },
  };
}

/** As it was signed: what URLs write as `+` and `*` is encoded there (RFC 3986). */
function strictly(url: URL): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return `${url.origin}${url.pathname}?${query}`;
}
