// What a model says to an agent of one process is followed at another, over RabbitMQ, while it says it.

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ChoraleClient, type LiveText } from '@chorale/lib-client';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ServerProcess } from '../e2e/server-process.ts';
import { startVendor, type Vendor } from '../stand-ins/index.ts';

const broker = process.env['CHORALE_TEST_RABBITMQ'] ?? 'amqp://guest:guest@127.0.0.1:5672';
const database = process.env['CHORALE_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const name = `chorale_test_${randomBytes(6).toString('hex')}`;
const said = Array.from({ length: 30 }, (_, no) => `word${no}`).join(' ');
const agent = `---
name: talker
description: Talks.
role: Talker
model: {}
---
Say what you have to say.
`;
const definition = `tasks:
  go: { signal: true }
  work: { agent: talker, needs: [go], with: { task: Talk } }
`;

const servers: ServerProcess[] = [];
let folder: string;
let vendor: Vendor;
let client: ChoraleClient;
let admin: postgres.Sql;

beforeAll(async () => {
  admin = postgres(database, { max: 1, onnotice: () => undefined });
  await admin`CREATE DATABASE ${admin(name)}`;
  folder = await mkdtemp(join(tmpdir(), 'chorale-live-'));
  vendor = await startVendor({ kind: 'openai-compatible', brain: async () => ({ text: said }) });
  const model = { name: 'llama-3.3-70b', contextTokens: 60_000, capabilities: ['tools', 'streaming'] };
  const provider = { name: 'acme', kind: 'openai-compatible', baseUrl: vendor.baseUrl, apiKey: 'env:VENDOR_KEY' };
  const url = new URL(database);
  url.pathname = `/${name}`;
  const config = {
    models: { discover: false, providers: [{ ...provider, models: [model] }] },
    database: url.href,
    broker,
  };
  await mkdir(join(folder, 'home', '.agents', 'agents'), { recursive: true });
  await writeFile(join(folder, 'home', '.agents', 'agents', 'talker.md'), agent);
  await writeFile(join(folder, 'chorale.yaml'), JSON.stringify(config));
  client = await start('api,scheduler');
  await start('worker');
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  await vendor?.close();
  await admin`DROP DATABASE IF EXISTS ${admin(name)} WITH (FORCE)`;
  await admin.end();
  await rm(folder, { recursive: true, force: true });
});

async function start(roles: string): Promise<ChoraleClient> {
  const server = new ServerProcess({
    dataDir: join(folder, `data-${servers.length}`),
    cwd: folder,
    args: ['serve', '--roles', roles],
    env: { VENDOR_KEY: 'test-key', HOME: join(folder, 'home') },
  });
  servers.push(server);
  const [, baseUrl = ''] = await server.waitFor(/serving on (http:\/\/\S+)|worker registered/, 120_000);
  return createClient({ baseUrl: baseUrl === '' ? 'http://127.0.0.1:1' : baseUrl, key: server.key });
}

interface Heard extends LiveText {
  readonly at: number;
}

/** Runs one goal to its end, and hears what is said meanwhile. */
async function hearGoal(): Promise<{ readonly heard: readonly Heard[]; readonly output: unknown }> {
  const { goal } = await client.submitGoal({ definition });
  const stop = new AbortController();
  const heard: Heard[] = [];
  const listening = (async () => {
    for await (const text of client.followText(goal.goalId, { signal: stop.signal }))
      heard.push({ ...text, at: performance.now() });
  })();
  // Until the worker has heard that somebody listens.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await client.sendSignal(goal.goalId, 'go', {});
  for await (const _event of client.followEvents(goal.goalId, { until: 'finished' }));
  await vi.waitFor(() => expect(heard.at(-1)?.kind).toBe('end'), { timeout: 5_000 });
  stop.abort();
  await listening;
  const tasks = await client.listTasks(goal.goalId);
  return { heard, output: tasks.find(({ key }) => key === 'work')?.output };
}

const joined = (heard: readonly LiveText[]) => heard.map(({ text }) => text).join('');

test('[LV1][API68] a model is heard at another process while it speaks, in order, without a gap', async () => {
  vendor.setFaults([{ kind: 'slow-drip', delayMs: 40 }]);
  const { heard, output } = await hearGoal();
  expect(joined(heard)).toBe(said);
  expect(output).toBe(said);
  expect(heard.length).toBeGreaterThan(3);
  expect(heard[0]).toMatchObject({ agent: 'talker', from: 0, kind: 'text' });
  expect((heard.at(-1)?.at ?? 0) - (heard[0]?.at ?? 0)).toBeGreaterThan(200);
}, 60_000);

test('[LV1] an answer that breaks off while it is heard is asked for again as a whole, and nothing is lost', async () => {
  vendor.setFaults([{ kind: 'cut-short', chunks: 5 }]);
  const { heard, output } = await hearGoal();
  expect(output).toBe(said);
  expect(joined(heard)).not.toBe('');
  expect(said.startsWith(joined(heard))).toBe(true);
}, 60_000);
