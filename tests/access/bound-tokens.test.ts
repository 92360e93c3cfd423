// Tokens that are bound to the certificate with which they were asked for.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServerProcess } from '../e2e/server-process.ts';
import { makeAuthority, type Files } from '../service-links/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'chorale-bound-'));
let server: ServerProcess;
let port: number;
let shown: Files;
const clients: Record<string, Files | undefined> = {};

beforeAll(async () => {
  const [ours, theirs] = [makeAuthority(folder, 'ours'), makeAuthority(folder, 'theirs')];
  shown = ours.issue('server', { name: 'localhost', alt: 'DNS:localhost,IP:127.0.0.1' });
  clients['worker'] = ours.issue('worker', { name: 'worker' });
  clients['other'] = ours.issue('other', { name: 'other' });
  clients['stranger'] = theirs.issue('stranger', { name: 'worker' });
  server = new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: folder,
    args: ['serve', '--roles', 'api', '--tls-cert', shown.cert, '--tls-key', shown.key, '--tls-client-ca', shown.ca],
  });
  port = Number((await server.waitFor(/serving on https:\/\/127\.0\.0\.1:(\d+)/))[1]);
}, 90_000);
afterAll(async () => {
  server.signal('SIGTERM');
  await server.waitForEnd();
  rmSync(folder, { recursive: true });
});

interface Asked {
  readonly as?: string;
  readonly key: string;
  readonly path: string;
  readonly body?: object;
}

function ask({ as = 'nobody', key, path, body }: Asked): Promise<{ readonly status: number; readonly text: string }> {
  const files = clients[as];
  const own = files === undefined ? {} : { cert: readFileSync(files.cert), key: readFileSync(files.key) };
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, path, method, headers, ca: readFileSync(shown.ca), agent: false, ...own },
      (answer) => {
        text(answer).then((found) => resolve({ status: answer.statusCode ?? 0, text: found }), reject);
      },
    );
    asking.on('error', reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function tokenOf(as?: string): Promise<string> {
  const body = { audience: 'chorale-api', minutes: 5 };
  const answer = await ask({ ...(as === undefined ? {} : { as }), key: server.key, path: '/v1/tokens', body });
  expect(answer.status, answer.text).toBe(201);
  return (JSON.parse(answer.text) as { readonly token: string }).token;
}

const statuses = async (key: string): Promise<Readonly<Record<string, number>>> => {
  const seen: Record<string, number> = {};
  for (const as of ['worker', 'nobody', 'other', 'stranger', 'worker'])
    seen[as] = (await ask({ as, key, path: '/v1/goals' })).status;
  return seen;
};

test('[AC28] a token that was asked for with a certificate is good with that one, and nobody’s without', async () => {
  const token = await tokenOf('worker');
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { readonly cnf?: object };
  expect(claims.cnf).toEqual({ 'x5t#S256': expect.stringMatching(/^[\w-]{43}$/) as string });
  expect(await statuses(token)).toEqual({ worker: 200, nobody: 401, other: 401, stranger: 401 });
});

test('[AC28] without a certificate that counts a token is bound to none', async () => {
  for (const as of [undefined, 'stranger']) {
    const token = await tokenOf(as);
    expect(await statuses(token)).toEqual({ worker: 200, nobody: 200, other: 200, stranger: 200 });
  }
});
