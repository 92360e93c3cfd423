// Agents of one goal write to each other, and people write to them, on a server as it is started; models are played by a
// stand-in.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startVendor, type Brain, type BrainReply, type Vendor } from '../stand-ins/index.ts';
import { ServerProcess } from './server-process.ts';

let folder: string;
let vendor: Vendor;
let server: ServerProcess;
let client: ChoraleClient;

const call = (name: string, args: object): BrainReply => ({ toolCalls: [{ name, arguments: args as never }] });

/** The asker asks the reader and gives what it hears; the reader answers what it receives and gives what people wrote. */
const brain: Brain = ({ system, messages }) => {
  const said = JSON.stringify(messages);
  const answers = messages.filter(({ role }) => role === 'assistant').length;
  if (system.startsWith('You are asker')) {
    if (answers === 0)
      return call('ask-agent', { to: { agent: 'reader' }, question: 'How many pages?', waitSeconds: 60 });
    return call('finish', { result: said.includes('forty-two pages') ? 'forty-two' : 'unknown' });
  }
  const question = /answer it with `answer-message`, message: ([\w.]+)/.exec(said)?.[1];
  if (question === undefined) return call('receive-messages', { waitSeconds: 30 + answers });
  if (!said.includes('Answered.')) return call('answer-message', { message: question, text: 'forty-two pages' });
  return call('finish', { result: said.includes('Mind the footnotes') ? 'with footnotes' : 'without' });
};

const agent = (name: string, tools: readonly string[]): string =>
  `---\nname: ${name}\ndescription: Works with others.\nrole: ${name}\ntools: [${tools.join(', ')}]\n---\nDo what you are asked.\n`;

const workflow = `
name: ask-around
tasks:
  asking: { agent: asker }
  reading: { agent: reader }
outputs:
  pages: '\${{ tasks.asking.output }}'
  notes: '\${{ tasks.reading.output }}'
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-mail-'));
  const agents = join(folder, 'home', '.agents', 'agents');
  await mkdir(agents, { recursive: true });
  await mkdir(join(folder, 'cwd'));
  await writeFile(join(agents, 'asker.md'), agent('asker', ['ask-agent']));
  await writeFile(join(agents, 'reader.md'), agent('reader', ['receive-messages', 'answer-message']));
  vendor = await startVendor({ kind: 'openai-compatible', keys: [], brain });
  const model = {
    name: 'llama-3.3-70b',
    contextTokens: 60_000,
    capabilities: ['tools', 'streaming'],
    prices: { input: 1, output: 2 },
  };
  const office = { name: 'office', kind: 'openai-compatible', baseUrl: vendor.baseUrl, models: [model] };
  await writeFile(join(folder, 'chorale.yaml'), JSON.stringify({ models: { discover: false, providers: [office] } }));
  server = new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: join(folder, 'cwd'),
    args: ['serve'],
    env: { CHORALE_CONFIG: join(folder, 'chorale.yaml'), HOME: join(folder, 'home') },
  });
  const [, url = ''] = await server.waitFor(/serving on (http:\/\/\S+)/);
  client = createClient({ baseUrl: url, key: server.key });
});
afterAll(async () => {
  await server.kill();
  await vendor.close();
  await rm(folder, { recursive: true, force: true });
});

test(
  '[ML1, ML3] one agent asks and another answers, and what a person wrote beforehand is read',
  { timeout: 120_000 },
  async () => {
    const { messageId } = await client.postMessage({ to: 'agent:reader', payload: { text: 'Mind the footnotes' } });
    const { goal } = await client.submitGoal({ definition: workflow });
    await vi.waitFor(async () => expect((await client.getGoal(goal.goalId)).finishedAt).toBeDefined(), {
      timeout: 100_000,
      interval: 100,
    });
    const ended = await client.getGoal(goal.goalId);
    expect(ended).toMatchObject({ state: 'succeeded', outputs: { pages: 'forty-two', notes: 'with footnotes' } });
    expect(await client.getMessage('agent:reader', messageId)).toMatchObject({
      state: 'handled',
      from: 'service:owner',
    });
    const { items } = await client.listMessages({ mailbox: `agent:reader@${goal.goalId}` });
    expect(items).toMatchObject([
      { from: `agent:asker@${goal.goalId}`, question: true, state: 'handled', payload: { text: 'How many pages?' } },
    ]);
  },
);
