// The few calls of S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/) that the stores need, signed, by path.
//
// Invariants: SB1 every body that is sent is signed with its SHA-256, which the service holds against what it received.
//             SB2 a call that was answered with a fault of the service, or not at all, is made again, a few times.

import { createHash } from 'node:crypto';
import { refused, temporary } from '@chorale/lib-errors';
import { AwsClient } from 'aws4fetch';
import type { S3Account, S3Address } from './s3-address.ts';

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

export interface DatedKey {
  readonly key: string;
  /** When it was put last; the service counts in seconds. */
  readonly storedAt: number;
  readonly sizeBytes: number;
}

export interface S3Bucket {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is no such object. */
  get(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  remove(key: string): Promise<void>;
  /** Keys that begin so; what is removed meanwhile may be left out. */
  list(begins: string): AsyncIterable<string>;
  listDated(begins: string): AsyncIterable<DatedKey>;
  copy(from: string, to: string): Promise<void>;
  beginUpload(key: string): Promise<string>;
  uploadPart(
    key: string,
    upload: { readonly id: string; readonly number: number },
    bytes: Uint8Array,
  ): Promise<UploadedPart>;
  finishUpload(key: string, id: string, parts: readonly UploadedPart[]): Promise<void>;
  dropUpload(key: string, id: string): Promise<void>;
  /** Begun and not finished. */
  listUploads(begins: string): AsyncIterable<BegunUpload>;
  /** What holds for every object of the bucket, as XML; undefined where there is nothing. */
  readLifecycle(): Promise<string | undefined>;
  writeLifecycle(xml: string): Promise<void>;
  /** Before every key of this installation in the bucket. */
  readonly prefix: string;
}

export interface BegunUpload {
  readonly key: string;
  readonly id: string;
  readonly begunAt: number;
}

const retries = 4;
const callMsMax = 120_000;

type Call = (method: string, place: string, options?: CallOptions) => Promise<Response>;

export interface S3BucketOptions extends S3Account {
  /** What connections go through; without, as everything that is fetched. */
  readonly dispatcher?: RequestInit['dispatcher'];
}

export function openS3Bucket(address: S3Address, options: S3BucketOptions): S3Bucket {
  const { bucket, prefix } = address;
  const call = createCall(address, options);
  const placeOf = (key: string): string => `${bucket}/${prefix}${key}`;
  async function* listDated(begins: string): AsyncGenerator<DatedKey> {
    for (let after = ''; ;) {
      const query = `?list-type=2&prefix=${encodeURIComponent(prefix + begins)}${after}`;
      const text = await (await call('GET', bucket, { query })).text();
      for (const [, entry = ''] of text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) yield readEntry(entry, prefix);
      const token = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(text)?.[1];
      if (token === undefined) return;
      after = `&continuation-token=${encodeURIComponent(token)}`;
    }
  }
  return {
    ...uploadCalls(call, placeOf),
    ...bucketCalls(call, address),
    prefix,
    async put(key, bytes) {
      await call('PUT', placeOf(key), { body: bytes });
    },
    async get(key) {
      const response = await call('GET', placeOf(key), { mayMiss: true });
      if (response.status !== 404) return readBody(response);
      const text = await response.text();
      if (text.includes('<Code>NoSuchBucket</Code>')) throw failure(404, text);
      return undefined;
    },
    async remove(key) {
      await call('DELETE', placeOf(key), { mayMiss: true });
    },
    async *list(begins) {
      for await (const { key } of listDated(begins)) yield key;
    },
    listDated,
    async copy(from, to) {
      const answer = await call('PUT', placeOf(to), { headers: { 'x-amz-copy-source': `/${placeOf(from)}` } });
      refuseHiddenFault(await answer.text());
    },
  };
}

/** Keys of ours have no characters that XML would escape. */
function readEntry(entry: string, prefix: string): DatedKey {
  const valueOf = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(entry)?.[1] ?? '';
  return {
    key: valueOf('Key').slice(prefix.length),
    storedAt: Date.parse(valueOf('LastModified')),
    sizeBytes: Number(valueOf('Size')),
  };
}

function createCall({ endpoint, region }: S3Address, { dispatcher, ...account }: S3BucketOptions): Call {
  const client = new AwsClient({ ...account, region, service: 's3', retries, initRetryMs: 100 });
  return async (method, place, { body, headers = {}, query = '', mayMiss = false } = {}) => {
    const hash = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    const response = await client
      .fetch(`${endpoint}/${place}${query}`, {
        method,
        headers: { ...headers, 'x-amz-content-sha256': hash },
        signal: AbortSignal.timeout(callMsMax),
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      })
      .catch((cause: unknown) => {
        throw unavailable(`${endpoint} does not answer`, cause);
      });
    if (response.ok || (response.status === 404 && mayMiss)) return response;
    throw failure(response.status, await response.text());
  };
}

type UploadCalls = Pick<S3Bucket, 'beginUpload' | 'uploadPart' | 'finishUpload' | 'dropUpload'>;

function uploadCalls(call: Call, placeOf: (key: string) => string): UploadCalls {
  return {
    async beginUpload(key) {
      const text = await (await call('POST', placeOf(key), { query: '?uploads=' })).text();
      const id = /<UploadId>([^<]+)<\/UploadId>/.exec(text)?.[1];
      if (id === undefined) throw unavailable('the service began an upload and did not name it');
      return id;
    },
    async uploadPart(key, { id, number }, body) {
      const query = `?partNumber=${number}&uploadId=${encodeURIComponent(id)}`;
      const response = await call('PUT', placeOf(key), { body, query });
      await response.body?.cancel();
      return { number, etag: response.headers.get('etag') ?? '' };
    },
    async finishUpload(key, id, parts) {
      const listed = parts.map(
        ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
      );
      const body = new TextEncoder().encode(
        `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join('')}</CompleteMultipartUpload>`,
      );
      const query = `?uploadId=${encodeURIComponent(id)}`;
      refuseHiddenFault(await (await call('POST', placeOf(key), { body, query })).text());
    },
    async dropUpload(key, id) {
      await call('DELETE', placeOf(key), { query: `?uploadId=${encodeURIComponent(id)}`, mayMiss: true });
    },
  };
}

type BucketCalls = Pick<S3Bucket, 'listUploads' | 'readLifecycle' | 'writeLifecycle'>;

function bucketCalls(call: Call, { bucket, prefix }: S3Address): BucketCalls {
  return {
    async *listUploads(begins) {
      // Only what a page holds: the rest is there the next time.
      const query = `?uploads=&prefix=${encodeURIComponent(prefix + begins)}`;
      const text = await (await call('GET', bucket, { query })).text();
      for (const [, entry = ''] of text.matchAll(/<Upload>([\s\S]*?)<\/Upload>/g)) {
        const valueOf = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(entry)?.[1] ?? '';
        const key = valueOf('Key');
        // Some services leave the prefix unheeded.
        if (key.startsWith(prefix + begins))
          yield { key: key.slice(prefix.length), id: valueOf('UploadId'), begunAt: Date.parse(valueOf('Initiated')) };
      }
    },
    async readLifecycle() {
      const response = await call('GET', bucket, { query: '?lifecycle=', mayMiss: true });
      const text = await response.text();
      if (response.status !== 404) return text;
      if (text.includes('<Code>NoSuchLifecycleConfiguration</Code>')) return undefined;
      throw failure(404, text);
    },
    async writeLifecycle(xml) {
      const body = new TextEncoder().encode(xml);
      // The service wants a checksum with these; MD5 is one of several.
      const checksum = createHash('sha256').update(body).digest('base64');
      const headers = { 'content-type': 'application/xml', 'x-amz-checksum-sha256': checksum };
      await call('PUT', bucket, { query: '?lifecycle=', body, headers });
    },
  };
}

interface CallOptions {
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** 404 is an answer. */
  readonly mayMiss?: boolean;
}

async function* readBody(response: Response): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of response.body ?? []) yield chunk as Uint8Array;
  } catch (cause) {
    throw unavailable('the object broke off while it was read', cause);
  }
}

/** Long calls are answered with 200 before they are done: the fault is in the body. */
function refuseHiddenFault(text: string): void {
  if (/<Error>/.test(text)) throw failure(500, text);
}

function failure(status: number, text: string): Error {
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1] ?? `status ${status}`;
  const message = /<Message>([^<]{1,500})<\/Message>/.exec(text)?.[1] ?? '';
  // 501: what it does not have, it will not have the next time.
  if ((status >= 500 && status !== 501) || status === 429)
    return unavailable(`the service answered ${code}: ${message}`);
  return refused('artifact-store-refused', `The artifact store refused: ${code}: ${message}`, {
    action: 'Check the bucket, the region, the credentials and what they permit.',
  });
}

function unavailable(why: string, cause?: unknown): Error {
  return temporary('artifact-store-unavailable', `The artifact store could not do it: ${why}.`, {
    retryAfterMs: 1_000,
    ...(cause === undefined ? {} : { cause }),
  });
}
