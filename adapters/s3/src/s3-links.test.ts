import type { TenantId } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openS3ArtifactStore } from './s3-artifact-store.ts';
import { openS3Bucket } from './s3-bucket.ts';
import { openS3Links } from './s3-links.ts';
import { account, startS3Server, type S3Server } from './s3-server.fixture.ts';

const north = 'north' as TenantId;
// Without `'` and `*`, which the server of tests encodes otherwise than S3 when it checks a signature.
const terms = { seconds: 60, contentType: 'text/plain', disposition: 'attachment; filename="a report.txt"' };
let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.close());

async function* textOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

async function keep(text: string): Promise<string> {
  const store = openS3ArtifactStore(openS3Bucket(server.address, account));
  return (await store.put(north, textOf(text), { sizeBytesMax: 100 })).hash;
}

test('a link gives the bytes to whoever has it, with the type and the name that were said', async () => {
  const hash = await keep('abc');
  const answer = await fetch(await openS3Links(server.address, account).link(north, hash, terms));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain');
  expect(answer.headers.get('content-disposition')).toBe(terms.disposition);
  expect(await answer.text()).toBe('abc');
});

test('a link leads to nothing else, under no other name, and to nothing by another hand', async () => {
  const [one, other] = [await keep('one'), await keep('other')];
  const url = await openS3Links(server.address, account).link(north, one, terms);
  const digest = (hash: string): string => hash.slice('sha256:'.length);
  const changed = [
    url.replace(digest(one), digest(other)),
    url.replace('text%2Fplain', 'text%2Fhtml'),
    url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'),
    await openS3Links(server.address, { ...account, secretAccessKey: 'guessed' }).link(north, one, terms),
  ];
  for (const wrong of changed) {
    expect(wrong).not.toBe(url);
    expect((await fetch(wrong)).status).toBe(403);
  }
  expect((await fetch(url, { method: 'PUT', body: 'mine' })).status).toBe(403);
  expect(await (await fetch(url)).text()).toBe('one');
});

test('a link ends', async () => {
  const hash = await keep('abc');
  const url = await openS3Links(server.address, account).link(north, hash, { ...terms, seconds: 1 });
  expect((await fetch(url)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect((await fetch(url)).status).toBe(403);
});
