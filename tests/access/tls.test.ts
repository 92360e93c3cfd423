// A server over TLS, as a client that shakes hands with it sees it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServerProcess } from '../e2e/server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'chorale-tls-'));
const cert = join(folder, 'cert.pem');
const key = join(folder, 'key.pem');
const password = 'a phrase for this test';
let server: ServerProcess;
let port: number;
let ca: Buffer;

const start = (listen: string, ...args: readonly string[]): ServerProcess =>
  new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: folder,
    listen,
    args: ['serve', '--roles', 'api', ...args],
    env: { OWNER_PASSWORD: password },
  });

beforeAll(async () => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  // It comes with every system that has OpenSSL: apt-get install openssl.
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  ca = readFileSync(cert);
  const secure = ['--tls-cert', cert, '--tls-key', key, '--access-owner-password', 'env:OWNER_PASSWORD'];
  server = start('0.0.0.0:0', ...secure);
  port = Number((await server.waitFor(/serving on https:\/\/localhost:(\d+)/))[1]);
}, 60_000);
afterAll(async () => {
  server.signal('SIGTERM');
  await server.waitForEnd();
  rmSync(folder, { recursive: true });
});

function shakeHands(options: ConnectionOptions = {}): Promise<TLSSocket | string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', ca, ...options }, () => resolve(socket));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

async function groupOf(options: ConnectionOptions): Promise<unknown> {
  const socket = await shakeHands(options);
  if (typeof socket === 'string') return socket;
  const found = (socket.getEphemeralKeyInfo() as { readonly name?: string }).name;
  socket.destroy();
  return found;
}

interface Answer {
  readonly status: number;
  readonly cookies: readonly string[];
  readonly transport: string | undefined;
}

function logIn(): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', origin: `https://localhost:${port}` };
    const asking = request(
      { port, host: 'localhost', ca, path: '/v1/login/password', method: 'POST', headers },
      ({ statusCode = 0, headers: answered }) =>
        resolve({
          status: statusCode,
          cookies: answered['set-cookie'] ?? [],
          transport: answered['strict-transport-security'],
        }),
    );
    asking.on('error', reject);
    asking.end(JSON.stringify({ login: 'owner', password }));
  });
}

test('[AC9] keys are agreed on by X25519MLKEM768 where a client has it, and by nothing old where it has not', async () => {
  expect(await groupOf({})).toBe('X25519MLKEM768');
  // A client that would rather have another still gets it where it names it at all.
  expect(await groupOf({ ecdhCurve: 'X25519MLKEM768' })).toBe('X25519MLKEM768');
  expect(await groupOf({ ecdhCurve: 'X25519' })).toBe('X25519');
  expect(await groupOf({ ecdhCurve: 'secp521r1' })).toMatch(/HANDSHAKE_FAILURE/);
});

test('[AC9] TLS 1.1 and ciphers without forward secrecy are refused', async () => {
  expect(await shakeHands({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })).toMatch(
    /PROTOCOL|ALERT/,
  );
  expect(await shakeHands({ maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' })).toMatch(/HANDSHAKE_FAILURE/);
  expect(await shakeHands({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' })).toMatch(/HANDSHAKE_FAILURE/);
});

test('[AC2] over TLS cookies are for TLS alone, and no neighbour can set them', async () => {
  const { status, cookies, transport } = await logIn();
  expect(status).toBe(200);
  expect(transport).toBe('max-age=31536000; includeSubDomains');
  expect(cookies).toHaveLength(2);
  for (const cookie of cookies)
    expect(cookie).toMatch(
      /^__Host-chorale-(?:session|device)=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
    );
});

test('[AC8] others cannot reach a server whose owner could not log in', async () => {
  const args = ['serve', '--roles', 'api', '--tls-cert', cert, '--tls-key', key];
  const nobody = new ServerProcess({ dataDir: join(folder, 'other'), cwd: folder, listen: '0.0.0.0:0', args });
  expect(await nobody.waitForEnd()).toBe(2);
  expect(nobody.output).toContain('the owner has no password yet');
}, 60_000);
