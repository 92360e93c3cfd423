// Messages of agents to programs outside: what is sent to a topic that an outlet names lies in its queue, also what was sent while
// the broker was away.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import { Connection, type AsyncMessage } from 'rabbitmq-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ServerProcess } from '../e2e/server-process.ts';
import { openCutProxy, type CutProxy } from './cut-proxy.ts';

const broker = process.env['CHORALE_TEST_RABBITMQ'] ?? 'amqp://guest:guest@127.0.0.1:5672';
const name = `crm-${randomBytes(6).toString('hex')}`;
const queue = `chorale.outside.default.${name}`;
const goal = 'goal_0000000000aaaaaaaaaaaaaaaa';
const connection = new Connection(broker);
const got: AsyncMessage[] = [];
let folder: string;
let proxy: CutProxy;
let server: ServerProcess;
let client: ChoraleClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-outlets-'));
  proxy = await openCutProxy(broker);
  const outlets = [{ name, topics: ['news'] }];
  const config = { models: { discover: false }, broker: proxy.url, messages: { outlets } };
  await writeFile(join(folder, 'chorale.yaml'), JSON.stringify(config));
  const args = ['serve', '--roles', 'api,scheduler'];
  server = new ServerProcess({ dataDir: join(folder, 'data'), cwd: folder, args });
  const [, baseUrl = ''] = await server.waitFor(/serving on (http:\/\/\S+)/, 120_000);
  client = createClient({ baseUrl, key: server.key });
});
afterAll(async () => {
  await server?.kill();
  await proxy?.close();
  await connection.queueDelete({ queue });
  await connection.close();
  await rm(folder, { recursive: true, force: true });
});

const seen = () => got.map(({ messageId }) => messageId);

test('[OL1][OL2] what is sent to an outlet, or to its topics in any goal, comes out once, whatever the broker does', async () => {
  const send = (to: string, messageId: string) => client.postMessage({ to, messageId, payload: { text: messageId } });
  // Once the outlet listens.
  await vi.waitFor(async () => expect((await send('topic:news', 'm1')).mailboxes).toHaveLength(1), { timeout: 10_000 });
  const consumer = connection.createConsumer({ queue, queueOptions: { passive: true } }, (one) => void got.push(one));
  consumer.on('error', () => undefined);
  await send(`topic:news@${goal}`, 'm2');
  await send(`service:${name}`, 'm3');
  await vi.waitFor(() => expect(seen()).toEqual(['m1', 'm2', 'm3']), { timeout: 20_000 });
  expect(got[1]).toMatchObject({ routingKey: `default.${goal}.-.${name}`, body: { text: 'm2' } });
  proxy.cut();
  for (const no of [4, 5, 6]) await send(`topic:news@${goal}`, `m${no}`);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(seen()).toHaveLength(3);
  proxy.mend();
  await vi.waitFor(() => expect(seen().slice(3)).toEqual(['m4', 'm5', 'm6']), { timeout: 20_000 });
  const { items } = await client.listMessages({ mailbox: `service:${name}` });
  expect(items.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'handled'));
  await consumer.close();
}, 60_000);
