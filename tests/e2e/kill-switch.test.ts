// The kill switch: agents of a tenant are stopped in the middle of a turn, and go on when they may.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@chorale/lib-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startVendor, type Vendor } from '../stand-ins/index.ts';
import { ServerProcess } from './server-process.ts';

let folder: string;
let vendor: Vendor;
let servers: ServerProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-switch-'));
  await mkdir(join(folder, 'cwd'));
  await mkdir(join(folder, 'home', '.agents', 'agents'), { recursive: true });
  await writeFile(join(folder, 'home', '.agents', 'agents', 'teller.md'), teller);
  servers = [];
});
afterEach(async () => {
  for (const server of servers) if (server.code === undefined) await server.kill();
  await vendor.close();
  await rm(folder, { recursive: true, force: true });
});

const teller = `---
name: teller
description: Tells one word.
role: Teller
tools: []
---

Tell the word that is asked for.
`;

async function start(): Promise<ServerProcess> {
  const model = { name: 'llama-3.3-70b', contextTokens: 60_000, capabilities: ['tools', 'streaming'] };
  const office = { name: 'office', kind: 'openai-compatible', baseUrl: vendor.baseUrl, models: [model] };
  await writeFile(join(folder, 'chorale.yaml'), JSON.stringify({ models: { discover: false, providers: [office] } }));
  const env = { CHORALE_CONFIG: join(folder, 'chorale.yaml'), HOME: join(folder, 'home') };
  const server = new ServerProcess({ dataDir: join(folder, 'data'), cwd: join(folder, 'cwd'), args: ['serve'], env });
  servers.push(server);
  return server;
}

async function until<Found>(what: string, find: () => Promise<Found | undefined | false>): Promise<Found> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`it did not come to pass that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test(
  '[TN3] agents that are stopped hand back what they do, begin nothing, and go on when they may',
  { timeout: 180_000 },
  async () => {
    let asked = 0;
    vendor = await startVendor({
      kind: 'openai-compatible',
      keys: [],
      brain: () => {
        asked += 1;
        return { toolCalls: [{ name: 'finish', arguments: { result: 'sang' } }] };
      },
    });
    vendor.setFaults([{ kind: 'slow-drip', delayMs: 60_000 }]);
    const server = await start();
    const [, baseUrl = ''] = await server.waitFor(/serving on (http:\/\/\S+)/);
    const client = createClient({ baseUrl, key: server.key });
    const definition =
      'tasks:\n  tell: { agent: teller, with: { task: Tell it } }\noutputs:\n  word: ${{ tasks.tell.output }}\n';
    const { goal } = await client.submitGoal({ definition });
    const attempts = () => client.listAttempts(goal.goalId, 0);
    await until('the model is asked', async () => asked > 0);

    await client.stopAgents('default');
    const ended = await until('the turn is handed back', async () => (await attempts())[0]);
    expect(ended.outcome).toBe('handed-back');
    expect(await client.queueStats()).toMatchObject({ running: 0, ready: 1 });
    // Longer than any worker waits before it looks for work again.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await client.queueStats()).toMatchObject({ running: 0, ready: 1 });
    expect(asked).toBe(1);
    vendor.setFaults([]);

    // It holds across a restart, too.
    server.signal('SIGTERM');
    await server.waitForEnd();
    const again = await start();
    const [, url = ''] = await again.waitFor(/serving on (http:\/\/\S+)/);
    const later = createClient({ baseUrl: url, key: again.key });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await later.queueStats()).toMatchObject({ running: 0, ready: 1 });
    await later.resumeAgents('default');
    const done = await until('the goal ends', async () => {
      const found = await later.getGoal(goal.goalId);
      return found.state === 'running' ? undefined : found;
    });
    expect(done).toMatchObject({ state: 'succeeded', outputs: { word: 'sang' } });
  },
);
