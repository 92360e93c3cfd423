// `chorale login` from a machine that has no key of the server, and out again.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServerProcess } from '../e2e/server-process.ts';

const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'chorale-login-'));
const password = 'a phrase for this test';
let server: ServerProcess;
let url: string;
beforeAll(async () => {
  mkdirSync(join(folder, 'cwd'));
  server = new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: join(folder, 'cwd'),
    args: ['serve', '--roles', 'api', '--access-owner-password', 'env:OWNER_PASSWORD'],
    env: { OWNER_PASSWORD: password },
  });
  url = (await server.waitFor(/serving on (http:\S+)/))[1]!;
}, 60_000);
afterAll(async () => {
  server.signal('SIGTERM');
  await server.waitForEnd();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function chorale(input: string, ...args: readonly string[]): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'],
    XDG_CONFIG_HOME: join(folder, 'config'),
    CHORALE_DATA_DIR: join(folder, 'none'),
    CHORALE_SERVER: url,
  };
  const child = spawn(process.execPath, ['--conditions=chorale-source', main, ...args], { env });
  let [out, error] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (error += piece.toString()));
  child.stdin.end(input);
  return new Promise((resolve) => void child.on('close', (code) => resolve({ code, out, error })));
}

test('a password gets a key that is kept for this user alone, and revoked by logging out', async () => {
  const path = join(folder, 'config', 'chorale', 'keys.json');
  expect((await chorale('', 'whoami')).error).toContain('unauthenticated');
  expect((await chorale('not the password\n', 'login', '--name', 'owner')).error).toContain('login-refused');
  expect((await chorale(`${password}\n`, 'login', '--name', 'owner')).code).toBe(0);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const kept = readFileSync(path, 'utf8');
  expect(kept).not.toContain(password);
  expect((await chorale('', 'whoami')).out).toMatch(/user +owner/);
  expect((await chorale('', 'logout')).code).toBe(0);
  const key = (JSON.parse(kept) as Record<string, string>)[url]!;
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${url}/v1/account`, { headers })).status).toBe(401);
  expect(readFileSync(path, 'utf8')).toBe('{}\n');
}, 60_000);

test('no password is sent in the clear to another machine', async () => {
  const { code, error } = await chorale(`${password}\n`, 'login', '--server', 'http://chorale.example.com');
  expect(code).toBe(2);
  expect(error).toContain('would show the password to the network');
}, 60_000);
