// PostgreSQL, RabbitMQ and Redis that let in only who shows a certificate, and a service over HTTPS that does the same. Each has a way in plain as well, by which its start is noticed and which nobody else may use.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { TLSSocket } from 'node:tls';
import postgres from 'postgres';
import { freePort } from '../../tools/services/free-port.ts';
import { findPostgresPrograms } from '../../tools/services/postgres.ts';
import { startPrivatePostgres } from '../../tools/services/private-postgres.ts';
import { startPrivateRabbitmq } from '../../tools/services/rabbitmq.ts';
import { startPrivateRedis } from '../../tools/services/redis.ts';
import type { Files } from './certificates.ts';

export interface SecureServices {
  readonly database: number;
  readonly broker: number;
  readonly cache: number;
  close(): Promise<void>;
}

/** All listen at 127.0.0.1, which their certificate names, and at 127.0.0.2, which it does not. */
export async function startSecureServices(shown: Files): Promise<SecureServices> {
  const [database, broker, cache] = await Promise.all([startDatabase(shown), startBroker(shown), startCache(shown)]);
  return {
    database: database.port,
    broker: broker.port,
    cache: cache.port,
    async close() {
      await Promise.all([database.close(), broker.close(), cache.close()]);
    },
  };
}

interface Started {
  readonly port: number;
  close(): Promise<void>;
}

async function startDatabase({ ca, cert, key }: Files): Promise<Started> {
  const programs = findPostgresPrograms();
  if (programs === undefined) throw new Error('there is no PostgreSQL: sudo apt-get install -y postgresql');
  // Whoever comes in for the database of the test shows a certificate that says who they are.
  const entry = [
    'hostnossl postgres postgres 127.0.0.1/32 trust',
    'hostssl chorale all 127.0.0.0/8 cert clientcert=verify-full',
  ];
  const settings = {
    ssl: 'on',
    ssl_ca_file: ca,
    ssl_cert_file: cert,
    ssl_key_file: ownKey(key),
    listen_addresses: '127.0.0.1,127.0.0.2',
  };
  const server = await startPrivatePostgres(programs, { settings, entry: `${entry.join('\n')}\n` });
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  await admin`CREATE ROLE chorale LOGIN CREATEROLE`;
  await admin`CREATE DATABASE chorale OWNER chorale`;
  await admin.end();
  return { port: Number(new URL(server.url).port), close: () => server.close() };
}

/** PostgreSQL reads no key that others may read as well, and runs under an account of its own where this is root. */
function ownKey(key: string): string {
  const own = `${key}.database`;
  copyFileSync(key, own);
  chmodSync(own, 0o600);
  if (process.getuid?.() === 0) chownSync(own, Number(execFileSync('id', ['-u', 'postgres'])), 0);
  return own;
}

async function startBroker({ ca, cert, key }: Files): Promise<Started> {
  const port = await freePort();
  const config = {
    'listeners.ssl.1': `127.0.0.1:${port}`,
    'listeners.ssl.2': `127.0.0.2:${port}`,
    'ssl_options.cacertfile': ca,
    'ssl_options.certfile': cert,
    'ssl_options.keyfile': key,
    'ssl_options.verify': 'verify_peer',
    'ssl_options.fail_if_no_peer_cert': 'true',
  };
  const lines = Object.entries(config).map(([name, value]) => `${name} = ${value}\n`);
  const server = await startPrivateRabbitmq({ config: lines.join('') });
  return { port, close: () => server.close() };
}

async function startCache({ ca, cert, key }: Files): Promise<Started> {
  const port = await freePort();
  const files = ['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'yes'];
  const settings = ['--bind', '127.0.0.1', '127.0.0.2', '--tls-port', String(port), ...files];
  const server = await startPrivateRedis(undefined, { settings });
  return { port, close: () => server.close() };
}

export interface HttpsService extends Started {
  /** What was asked for, and by whom. */
  readonly seen: readonly string[];
}

/** What a bucket and a key service answer when all is well, to who shows a certificate. */
export async function startHttpsService({ ca, cert, key }: Files): Promise<HttpsService> {
  const options = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
  const seen: string[] = [];
  const server = createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    seen.push(`${String(subject.CN)}: ${request.method} ${request.url}`);
    response.end(JSON.stringify({ data: { latest_version: 1 } }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, seen, close };
}
