import type { TenantId } from '@chorale/lib-ids';
import { describeArtifactStore } from '@chorale/module-goals/artifact-store-contract';
import type { ModelCallId } from '@chorale/module-models';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseS3Address } from './s3-address.ts';
import { openS3ArtifactStore } from './s3-artifact-store.ts';
import { openS3Bucket } from './s3-bucket.ts';
import { openS3ReplyKeeper } from './s3-reply-keeper.ts';
import { listS3TenantArtifacts, openS3TenantArtifacts, removeS3Artifact } from './s3-tenant-folder.ts';
import { account, startS3Server, type S3Server } from './s3-server.fixture.ts';

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.close());

const open = () => openS3ArtifactStore(openS3Bucket(server.address, account));
const north = 'north' as TenantId;

describeArtifactStore('S3', {
  reset: () => server.reset(),
  open: async () => open(),
  damage: (tenantId, hash) => server.damage(`artifacts/${tenantId}/${hash.slice('sha256:'.length)}`),
  async countKept(tenantId) {
    return (await server.list(`artifacts/${tenantId}/`)).length + (await server.list('incoming/')).length;
  },
});

describe('what is too long to be sent at once', () => {
  beforeEach(() => server.reset());
  const pieces = 20;
  async function* long(failAt = pieces): AsyncIterable<Uint8Array> {
    for (let piece = 0; piece < pieces; piece++) {
      if (piece === failAt) throw new Error('the source broke off');
      yield Buffer.alloc(1024 * 1024, piece);
    }
  }
  const limits = { sizeBytesMax: 1e9 };

  test('comes together in parts, whole, and leaves nothing beside it', async () => {
    const stored = await open().put(north, long(), limits);
    expect(stored.sizeBytes).toBe(pieces * 1024 * 1024);
    let [seen, right] = [0, true];
    for await (const chunk of (await open().open(north, stored.hash))!)
      for (const byte of chunk) right &&= byte === Math.floor(seen++ / (1024 * 1024));
    expect([seen, right]).toEqual([stored.sizeBytes, true]);
    expect(await server.list('incoming/')).toEqual([]);
  });

  test('is not kept when its source breaks off, and never given out whole when it is damaged', async () => {
    await expect(open().put(north, long(12), limits)).rejects.toThrow('the source broke off');
    expect(await server.list('')).toEqual([]);
    const { hash } = await open().put(north, long(), limits);
    await server.damage(`artifacts/north/${hash.slice('sha256:'.length)}`);
    let seen = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of (await open().open(north, hash))!) seen += chunk.byteLength;
    };
    await expect(read()).rejects.toMatchObject({ code: 'artifact-damaged' });
    expect(seen).toBeLessThan(pieces * 1024 * 1024);
  });
});

describe('the service', () => {
  test('is asked with credentials, and what it refuses is told', async () => {
    const wrong = openS3ArtifactStore(openS3Bucket(server.address, { ...account, secretAccessKey: 'wrong' }));
    await expect(wrong.open(north, `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({
      family: 'refused',
      code: 'artifact-store-refused',
      message: expect.stringContaining('SignatureDoesNotMatch'),
    });
    const elsewhere = openS3Bucket({ ...server.address, bucket: 'not-there' }, account);
    await expect(elsewhere.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'artifact-store-refused' });
    await expect(elsewhere.get('a')).rejects.toMatchObject({ code: 'artifact-store-refused' });
  });

  test('that does not answer is a temporary trouble', { timeout: 30_000 }, async () => {
    const gone = openS3Bucket({ ...server.address, endpoint: 'http://127.0.0.1:1' }, account);
    await expect(gone.get('a')).rejects.toMatchObject({ family: 'temporary', code: 'artifact-store-unavailable' });
  });

  test('keeps the replies of models for every process', async () => {
    const keeper = openS3ReplyKeeper(openS3Bucket(server.address, account));
    const other = openS3ReplyKeeper(openS3Bucket(server.address, account));
    const reply = { text: 'Grüße', parts: [] } as unknown as Parameters<typeof keeper.keep>[2];
    const south = 'south' as TenantId;
    const callId = 'call/../1' as ModelCallId;
    expect(await other.find(north, callId)).toBeUndefined();
    await keeper.keep(north, callId, reply);
    expect(await other.find(north, callId)).toEqual(reply);
    expect(await other.find(south, callId)).toBeUndefined();
  });
});

test('what a tenant has is counted, listed and erased, and nothing of another goes with it', async () => {
  await server.reset();
  const bucket = openS3Bucket(server.address, account);
  const south = 'south' as TenantId;
  const stored = [];
  for (const text of ['a', 'b', 'c']) stored.push(await open().put(north, textOf(text), { sizeBytesMax: 9 }));
  await open().put(south, textOf('a'), { sizeBytesMax: 9 });
  const folder = openS3TenantArtifacts(bucket);
  expect(await folder.count(north)).toBe(3);
  const listed: string[] = [];
  for await (const { hash } of listS3TenantArtifacts(bucket, north)) listed.push(hash);
  expect(listed.toSorted()).toEqual(stored.map(({ hash }) => hash).toSorted());
  await folder.erase(north);
  expect([await folder.count(north), await folder.count(south)]).toEqual([0, 1]);
});

test('bytes that were not put since a moment go, those of one tenant alone; put again, they stay', async () => {
  await server.reset();
  const bucket = openS3Bucket(server.address, account);
  const south = 'south' as TenantId;
  const { hash } = await open().put(north, textOf('shared'), { sizeBytesMax: 9 });
  await open().put(south, textOf('shared'), { sizeBytesMax: 9 });
  let storedAt = 0;
  for await (const listed of listS3TenantArtifacts(bucket, north)) if (listed.hash === hash) ({ storedAt } = listed);
  expect(Math.abs(storedAt - Date.now())).toBeLessThan(60_000);
  const remove = (storedBefore: number) => removeS3Artifact(bucket, { tenantId: north, hash, storedBefore });
  expect(await remove(storedAt)).toBe(0);
  expect(await open().open(north, hash)).toBeDefined();
  expect(await remove(storedAt + 1_000)).toBe(6);
  expect(await remove(storedAt + 1_000)).toBe(0);
  expect(await open().open(north, hash)).toBeUndefined();
  expect(await open().open(south, hash)).toBeDefined();
  expect(await removeS3Artifact(bucket, { tenantId: north, hash: 'sha256:', storedBefore: Infinity })).toBe(0);
});

async function* textOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

test('an address names bucket, prefix, endpoint and region, and nothing else', () => {
  expect(parseS3Address('s3://my-bucket')).toEqual({
    bucket: 'my-bucket',
    prefix: '',
    endpoint: 'https://s3.us-east-1.amazonaws.com',
    region: 'us-east-1',
  });
  expect(parseS3Address('s3://b-1/a/b/?endpoint=http://127.0.0.1:9000/&region=eu-central-1')).toEqual({
    bucket: 'b-1',
    prefix: 'a/b/',
    endpoint: 'http://127.0.0.1:9000',
    region: 'eu-central-1',
  });
  for (const wrong of ['', 'http://b/x', 's3://', 's3://UP_per', 's3://b-1?acl=public'])
    expect(() => parseS3Address(wrong)).toThrow(/is no address of a bucket/);
});
