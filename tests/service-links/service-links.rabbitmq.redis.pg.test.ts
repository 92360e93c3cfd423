// The links of a process to PostgreSQL, RabbitMQ, Redis, a bucket and a key service, as those that ask for certificates see
// them.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import { openRedis } from '@chorale/adapter-redis';
import { openS3Bucket, parseS3Address } from '@chorale/adapter-s3';
import { openTransitKeys, parseTransitAddress } from '@chorale/adapter-transit';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServiceDispatcher } from '../../apps/server/src/platform/service-dispatcher.ts';
import { openServiceLinks, type ServiceTls } from '../../apps/server/src/platform/service-tls.ts';
import { ServerProcess } from '../e2e/server-process.ts';
import { makeAuthority, replaceFiles, type Authority, type Files } from './certificates.ts';
import { startHttpsService, startSecureServices, type SecureServices } from './secure-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'chorale-links-'));
const none = { ca: '', cert: '', key: '' };
let ours: Authority;
let server: Files;
let services: SecureServices;
let client: Files;
/** By what is wrong with it. */
let unfit: Readonly<Record<string, Files>>;

beforeAll(async () => {
  // The database runs under an account of its own.
  chmodSync(folder, 0o755);
  ours = makeAuthority(folder, 'ours');
  const theirs = makeAuthority(folder, 'theirs');
  server = ours.issue('server', { name: 'services', alt: 'DNS:localhost,IP:127.0.0.1' });
  client = ours.issue('client', { name: 'chorale' });
  const stranger = theirs.issue('stranger', { name: 'chorale' });
  unfit = {
    'none is shown': { ...none, ca: ours.ca },
    'it is by another authority': { ...stranger, ca: ours.ca },
    'it has ended': ours.issue('ended', { name: 'chorale', days: -1 }),
    'the authority is not trusted': { ...client, ca: theirs.ca },
    'nobody is trusted but those of the system': { ...client, ca: '' },
  };
  services = await startSecureServices(server);
}, 180_000);
afterAll(async () => {
  await services.close();
  rmSync(folder, { recursive: true });
});

const linksOf = (files: Files, warn: () => void = () => undefined) => openServiceLinks(files, { warn });
const ownOf = (files: Files): ServiceTls => linksOf(files).own;

/** Resolves with the serial number of the certificate that was shown. */
async function askDatabase(tls: ServiceTls, host = 'localhost'): Promise<string> {
  const named = host === 'localhost' ? {} : { host };
  const sql = postgres(`postgres://chorale@${host}:${services.database}/chorale`, {
    max: 1,
    ssl: { ...tls, ...named },
  });
  try {
    const [row] = await sql`SELECT client_serial::text AS serial FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
    return (row as { readonly serial: string }).serial;
  } finally {
    await sql.end();
  }
}

async function isBrokerOpen(tls: ServiceTls, host = 'localhost'): Promise<boolean> {
  const bus = await openRabbitBus({
    url: `amqps://guest:guest@${host}:${services.broker}`,
    tls,
    onError: () => undefined,
  });
  const { isUp } = bus;
  await bus.close();
  return isUp;
}

async function isCacheOpen(tls: ServiceTls, host = 'localhost'): Promise<boolean> {
  const url = `rediss://${host}:${services.cache}`;
  const redis = await openRedis({ url, tls, now: Date.now, onError: () => undefined });
  const { isUp } = redis;
  await redis.close();
  return isUp;
}

test('[LK1] services that ask for a certificate let this process in by its own', async () => {
  const own = ownOf(client);
  for (const host of ['localhost', '127.0.0.1']) {
    expect(await askDatabase(own, host)).toMatch(/^\d+$/);
    expect([await isBrokerOpen(own, host), await isCacheOpen(own, host)]).toEqual([true, true]);
  }
});

test('[LK1] without a certificate that fits, on either side, there is no link', { timeout: 60_000 }, async () => {
  for (const [why, files] of Object.entries(unfit)) {
    const own = ownOf(files);
    const opened = [await askDatabase(own).catch(() => false), await isBrokerOpen(own), await isCacheOpen(own)];
    expect([why, opened]).toEqual([why, [false, false, false]]);
  }
});

test('[LK1] a service under a name that its certificate does not show is not spoken to', async () => {
  const own = ownOf(client);
  await expect(askDatabase(own, '127.0.0.2')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  expect([await isBrokerOpen(own, '127.0.0.2'), await isCacheOpen(own, '127.0.0.2')]).toEqual([false, false]);
});

test('[LK1] buckets and key services see the certificate too', { timeout: 60_000 }, async () => {
  const service = await startHttpsService(server);
  const open = (files: Files) => {
    const dispatcher = openServiceDispatcher(linksOf(files).any);
    const endpoint = `https://localhost:${service.port}`;
    const account = { accessKeyId: 'some', secretAccessKey: 'body' };
    return {
      bucket: openS3Bucket(parseS3Address(`s3://bucket?endpoint=${endpoint}`), { ...account, dispatcher }),
      keys: openTransitKeys({
        ...parseTransitAddress(`transit:${endpoint}/transit/chorale`),
        readToken: () => 'token',
        dispatcher,
        now: Date.now,
      }),
    };
  };
  try {
    const { bucket, keys } = open(client);
    await bucket.put('a/b', Buffer.from('bytes'));
    expect(await keys.current()).toBe('transit-transit/chorale-v1');
    const asked = ['chorale: PUT /bucket/a/b', 'chorale: GET /v1/transit/keys/chorale'];
    expect(service.seen).toEqual(asked);
    for (const [why, files] of Object.entries(unfit)) {
      const refusing = open(files);
      await expect(refusing.bucket.put('a/c', Buffer.from('bytes')), why).rejects.toMatchObject({
        code: 'artifact-store-unavailable',
      });
      await expect(refusing.keys.current(), why).rejects.toMatchObject({ code: 'key-service-unreachable' });
    }
    expect(service.seen).toEqual(asked);
  } finally {
    await service.close();
  }
});

test('[LK3] a certificate that was renewed is shown from the next handshake on, and a broken one is not taken', async () => {
  const files = ours.issue('renewed', { name: 'chorale' });
  let warnings = 0;
  const { own } = linksOf(files, () => (warnings += 1));
  const first = await askDatabase(own);
  expect(await askDatabase(own)).toBe(first);
  // Times of files are compared; some file systems keep them to the hundredth of a second only.
  await wait(20);
  replaceFiles(files, ours.issue('second', { name: 'chorale' }));
  const second = await askDatabase(own);
  expect(Number(second)).toBeGreaterThan(Number(first));
  expect(warnings).toBe(0);
  await wait(20);
  writeFileSync(files.cert, 'half of a certifi');
  expect(await askDatabase(own)).toBe(second);
  expect(warnings).toBeGreaterThan(0);
});

test('[LK1] a server works over links that all ask for certificates', { timeout: 120_000 }, async () => {
  const { database, broker, cache } = services;
  const links = [
    ['--database', `postgres://chorale@localhost:${database}/chorale?sslmode=verify-full`],
    ['--broker', `amqps://guest:guest@localhost:${broker}`],
    ['--cache', `rediss://localhost:${cache}`],
    ['--services-ca', client.ca, '--services-cert', client.cert, '--services-key', client.key],
  ];
  const process = new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: folder,
    args: ['serve', '--roles', 'api,scheduler', ...links.flat()],
  });
  const [, url] = await process.waitFor(/serving on (http:\/\/\S+)/);
  const answer = await fetch(`${url}/v1/doctor`, { headers: { authorization: `Bearer ${process.key}` } });
  const { items } = (await answer.json()) as {
    readonly items: readonly { readonly name: string; readonly ok: boolean }[];
  };
  const linked = items.filter(({ name }) => ['broker', 'cache', 'database'].includes(name));
  expect(linked.map(({ name, ok }) => `${name} ${ok}`).toSorted()).toEqual([
    'broker true',
    'cache true',
    'database true',
  ]);
  process.signal('SIGTERM');
  await process.waitForEnd();
});
