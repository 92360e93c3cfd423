// Where a bucket is and who reaches it: `s3://bucket/prefix?endpoint=https://host&region=name`.
import { refused } from '@chorale/lib-errors';

export interface S3Address {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  /** Of the service, without the bucket. */
  readonly endpoint: string;
  readonly region: string;
}

export interface S3Account {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const known = new Set(['endpoint', 'region']);

/** Throws `s3-address-invalid`. */
export function parseS3Address(text: string): S3Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const unknown = [...(url?.searchParams.keys() ?? [])].find((name) => !known.has(name));
  if (url?.protocol !== 's3:' || !bucketPattern.test(url.hostname) || unknown !== undefined) {
    throw refused('s3-address-invalid', `${JSON.stringify(text.slice(0, 200))} is no address of a bucket.`, {
      action:
        'Write s3://bucket/prefix?endpoint=https://host&region=name; endpoint and region may be left out for AWS.',
    });
  }
  const region = url.searchParams.get('region') ?? 'us-east-1';
  const path = url.pathname.replaceAll(/^\/+|\/+$/g, '');
  return {
    bucket: url.hostname,
    prefix: path === '' ? '' : `${path}/`,
    endpoint: (url.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, ''),
    region,
  };
}
