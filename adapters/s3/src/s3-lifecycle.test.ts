import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openS3Bucket } from './s3-bucket.ts';
import { keepLifecycle, sweepBucket } from './s3-lifecycle.ts';
import { account, startS3Server } from './s3-server.fixture.ts';

const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

/** A bucket that keeps rules as AWS documents it: a write without a checksum is refused, and one replaces all there were. */
async function startRules(rules: string | undefined, refusal?: string) {
  const kept = { rules, writes: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const answer = (status: number, text = ''): void => void response.writeHead(status).end(text);
      const refuse = (status: number, code: string): void => answer(status, `<Error><Code>${code}</Code></Error>`);
      if (request.url !== '/chorale-test?lifecycle=') return refuse(400, 'InvalidRequest');
      if (refusal !== undefined) return refuse(refusal === 'NotImplemented' ? 501 : 403, refusal);
      if (request.method === 'GET')
        return kept.rules === undefined
          ? refuse(404, 'NoSuchLifecycleConfiguration')
          : answer(200, `<?xml version="1.0"?><LifecycleConfiguration>${kept.rules}</LifecycleConfiguration>`);
      if (request.headers['x-amz-checksum-sha256'] !== createHash('sha256').update(body).digest('base64'))
        return refuse(400, 'InvalidRequest');
      kept.writes += 1;
      kept.rules = /<LifecycleConfiguration[^>]*>([\s\S]*)<\/LifecycleConfiguration>/.exec(body.toString())?.[1];
      return answer(200);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closes.push(async () => void server.close());
  const { port } = server.address() as AddressInfo;
  const address = {
    bucket: 'chorale-test',
    prefix: 'site/',
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
  };
  return { kept, bucket: openS3Bucket(address, account) };
}

test('rules for what is old are put in once, and say nothing of artifacts', async () => {
  const { kept, bucket } = await startRules(undefined);
  expect(await keepLifecycle(bucket)).toBe(true);
  expect(await keepLifecycle(bucket)).toBe(true);
  expect(kept.writes).toBe(1);
  const prefixes = [...(kept.rules ?? '').matchAll(/<Prefix>([^<]*)<\/Prefix><\/Filter>/g)].map(([, prefix]) => prefix);
  expect(prefixes).toEqual(['site/incoming/', 'site/replies/']);
  expect(kept.rules).toContain('<DaysAfterInitiation>1</DaysAfterInitiation>');
});

test('rules of others stay, and one of ours that was changed is put right', async () => {
  const theirs =
    '<Rule><ID>logs</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule>';
  const { kept, bucket } = await startRules(theirs);
  await keepLifecycle(bucket);
  expect(kept.rules).toContain(theirs);
  kept.rules = kept.rules?.replace('<Days>7</Days>', '<Days>700</Days>');
  await keepLifecycle(bucket);
  expect(kept.writes).toBe(2);
  expect(kept.rules).toContain(theirs);
  expect(kept.rules).toContain('<Days>7</Days>');
  expect(kept.rules?.match(/<ID>/g)).toHaveLength(3);
  // As a service may write it again: in another order, with spaces.
  kept.rules = kept.rules
    ?.replaceAll(/(<ID>[^<]*<\/ID>)(<Filter>.*?<\/Filter>)/g, '\n $2 $1')
    .replaceAll('</Rule>', '\n</Rule>');
  await keepLifecycle(bucket);
  expect(kept.writes).toBe(2);
});

test('a service that has no rules, or lets us set none, is no trouble', async () => {
  for (const refusal of ['NotImplemented', 'AccessDenied'])
    expect(await keepLifecycle((await startRules(undefined, refusal)).bucket)).toBe(false);
}, 30_000);

test('where there are no rules, what is old is swept: kept replies, pieces and broken uploads, and nothing else', async () => {
  const server = await startS3Server();
  closes.push(() => server.close());
  const bucket = openS3Bucket(server.address, account);
  const bytes = Buffer.from('x');
  for (const key of ['artifacts/north/a', 'replies/t/b.json', 'incoming/c']) await bucket.put(key, bytes);
  await bucket.beginUpload('incoming/d');
  const hour = 3_600_000;
  expect(await sweepBucket(bucket, Date.now() + 23 * hour)).toBe(0);
  expect(await sweepBucket(bucket, Date.now() + 25 * hour)).toBeGreaterThanOrEqual(1);
  expect((await server.list('')).toSorted()).toEqual(['artifacts/north/a', 'replies/t/b.json']);
  await sweepBucket(bucket, Date.now() + 8 * 24 * hour);
  expect(await server.list('')).toEqual(['artifacts/north/a']);
});
