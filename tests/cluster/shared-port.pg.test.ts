// Several processes of one server on one port: as people start them, killed, and told to end.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ChoraleClient, type Process } from '@chorale/lib-client';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findOrphans, ServerProcess } from '../e2e/server-process.ts';

const server = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const name = `chorale_shared_port_${process.pid}`;
const patience = { timeout: 60_000, interval: 100 };
const sql = postgres(server, { max: 1, onnotice: () => undefined });

let folder: string;
let all: ServerProcess;
let baseUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-shared-port-'));
  await sql.unsafe(`CREATE DATABASE ${name}`);
  const database = new URL(server);
  database.pathname = `/${name}`;
  const args = ['serve', '--processes', '2', '--database', database.href, '--roles', 'api,scheduler'];
  all = new ServerProcess({ dataDir: join(folder, 'data'), cwd: folder, args });
  baseUrl = (await all.waitFor(/serving on (\S+)/, 120_000))[1]!;
  await all.waitFor(/(?:serving on[^]*){2}/, 120_000);
}, 300_000);

afterAll(async () => {
  await all.kill();
  await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
  await sql.end();
  await rm(folder, { recursive: true, force: true });
});

const connect = (): ChoraleClient => createClient({ baseUrl, key: all.key });
const children = (): readonly number[] =>
  readFileSync(`/proc/${all.pid}/task/${all.pid}/children`, 'utf8').trim().split(' ').map(Number);
const alive = async (): Promise<readonly Process[]> => (await connect().listProcesses()).filter((each) => each.alive);

test('each is a process of its own with its roles, and both answer on the port', async () => {
  expect(new Set(all.output.match(/serving on \S+/g)).size).toBe(1);
  const found = await vi.waitFor(async () => {
    const processes = await alive();
    expect(processes).toHaveLength(2);
    return processes;
  }, patience);
  expect(children()).toHaveLength(2);
  for (const { roles, address } of found) {
    expect(roles).toEqual(['api', 'scheduler']);
    expect(address).toBe(baseUrl);
  }
});

test('one that is killed is missed by nobody for long, and another takes its place', async () => {
  const before = (await alive()).map(({ processId }) => processId);
  const [killed = 0, left] = children();
  process.kill(killed, 'SIGKILL');
  await all.waitFor(/ended unasked \(SIGKILL\)/);
  // The other goes on answering on the same port.
  for (let no = 0; no < 20; no++) {
    const answer = await fetch(`${baseUrl}/healthz`, { headers: { connection: 'close' } });
    expect(answer.status).toBe(200);
  }
  await vi.waitFor(() => expect(all.output.match(/serving on/g)).toHaveLength(3), patience);
  expect(children()).toHaveLength(2);
  expect(children()).toContain(left);
  await vi.waitFor(async () => {
    const added = (await alive()).filter(({ processId }) => !before.includes(processId));
    expect(added).toHaveLength(1);
  }, patience);
});

test('told to end, all of them end what is under way, and nothing is left', async () => {
  all.signal('SIGTERM');
  expect(await all.waitForEnd()).toBe(0);
  expect(all.output).not.toContain('did not end cleanly');
  await expect(fetch(`${baseUrl}/healthz`)).rejects.toThrow('fetch failed');
  expect(await findOrphans(folder)).toEqual([]);
});

test('without a database that many can use it says what to give, and does not begin', async () => {
  const alone = new ServerProcess({ dataDir: join(folder, 'alone'), cwd: folder, args: ['serve', '--processes', '2'] });
  expect(await alone.waitForEnd()).toBe(2);
  expect(alone.output).toContain('give --database');
});
