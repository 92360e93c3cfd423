// Goals in plain words, from the API to a vendor's wire and back: planned, approved, carried out, and gone on with after
// the process was killed.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createClient, type Approval, type ChoraleClient, type Goal } from '@chorale/lib-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  mcpStdioScript,
  startVendor,
  type Brain,
  type BrainReply,
  type BrainRequest,
  type Vendor,
} from '../stand-ins/index.ts';
import { ServerProcess } from './server-process.ts';

let folder: string;
let vendor: Vendor | undefined;
let servers: ServerProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-goal-'));
  await mkdir(join(folder, 'cwd'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) if (server.code === undefined) await server.kill();
  await vendor?.close();
  vendor = undefined;
  await rm(folder, { recursive: true, force: true });
});

const call = (name: string, args: { readonly [key: string]: never } | object): BrainReply => ({
  toolCalls: [{ name, arguments: args as never }],
});

const plan = call('run-plan', {
  reason: 'two steps are enough',
  tasks: [
    { key: 'note', agent: 'generalist', task: 'Write the note' },
    {
      key: 'count',
      agent: 'generalist',
      task: 'Count its words',
      needs: ['note'],
      input: { note: '${{ tasks.note.output }}' },
    },
  ],
  outputs: { note: '${{ tasks.note.output }}', words: '${{ tasks.count.output }}' },
});

const brain: Brain = (request) => {
  if (request.system.startsWith('You decide whether'))
    return { text: '{"verdict":"allow","category":"none","reason":"harmless"}' };
  const turns = request.messages.filter(({ role }) => role === 'assistant').length;
  if (request.system.startsWith('You are planner')) return turns === 0 ? plan : finishWith(request);
  const task = request.messages[0]?.text ?? '';
  if (task.includes('Count its words')) return call('finish', { result: 3 });
  if (turns === 0) return call('write-file', { path: 'note.txt', content: 'birds can sing' });
  if (turns === 1) return call('read-file', { path: 'note.txt' });
  const read = request.messages.at(-1)?.toolResults[0]?.content ?? '';
  return call('finish', { result: read.includes('birds can sing') ? 'birds can sing' : 'the file was not there' });
};

/** The planner gives on what its plan gave. */
function finishWith({ messages }: BrainRequest): BrainReply {
  const id = messages.findLast(({ role }) => role === 'assistant')?.toolCalls[0]?.id ?? '';
  return call('finish', { result: { $output: id } });
}

async function start(more: object = {}): Promise<{ readonly server: ServerProcess; readonly client: ChoraleClient }> {
  const models = {
    discover: false,
    providers: [
      {
        name: 'office',
        kind: 'openai-compatible',
        baseUrl: vendor?.baseUrl,
        apiKey: 'env:OFFICE_KEY',
        models: [
          {
            name: 'llama-3.3-70b',
            contextTokens: 60_000,
            capabilities: ['tools', 'streaming'],
            prices: { input: 1, output: 2 },
          },
        ],
      },
    ],
  };
  await writeFile(
    join(folder, 'chorale.yaml'),
    JSON.stringify({ models: vendor === undefined ? { discover: false } : models, ...more }),
  );
  const server = new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: join(folder, 'cwd'),
    args: ['serve'],
    env: { CHORALE_CONFIG: join(folder, 'chorale.yaml'), OFFICE_KEY: 'test-key', HOME: join(folder, 'home') },
  });
  servers.push(server);
  const [, url = ''] = await server.waitFor(/serving on (http:\/\/\S+)/);
  return { server, client: createClient({ baseUrl: url, key: server.key }) };
}

async function ended(client: ChoraleClient, goalId: string): Promise<Goal> {
  return until('the goal has ended', async () => {
    const goal = await client.getGoal(goalId);
    return ['succeeded', 'failed', 'cancelled'].includes(goal.state) ? goal : undefined;
  });
}

async function until<Found>(what: string, find: () => Promise<Found | undefined>): Promise<Found> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`it did not come to pass that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function asked(client: ChoraleClient, goalId: string): Promise<Approval> {
  return until('somebody is asked', async () => (await client.listApprovals({ goalId, state: 'pending' }))[0]);
}

const outputs = { result: { note: 'birds can sing', words: 3 } };

describe('a goal in plain words', { timeout: 120_000 }, () => {
  test('[PL1] is planned, carried out by agents, and gives what the plan gave', async () => {
    vendor = await startVendor({ kind: 'openai-compatible', brain });
    const { client } = await start();
    const { goal } = await client.submitGoal({ workflow: 'plan-and-do', inputs: { goal: 'Write a note on birds' } });
    expect(await ended(client, goal.goalId)).toMatchObject({ state: 'succeeded', outputs });
    // One verdict, two turns of the planner, three and one of the agents: nothing was asked twice.
    expect(vendor.meter.total().requests).toBe(7);
  });

  test('[TL27] hands its strategy on to what comes of it; the file of an agent comes before', async () => {
    vendor = await startVendor({ kind: 'openai-compatible', brain });
    const { client } = await start();
    const request = { workflow: 'plan-and-do', inputs: { goal: 'Write a note on birds' }, strategy: 'cost' } as const;
    const { goal } = await client.submitGoal(request);
    expect(await ended(client, goal.goalId)).toMatchObject({ state: 'succeeded' });
    const calls = await until('all calls are on record', async () => {
      const { items } = await client.listModelCalls({ goal: goal.goalId });
      return items.length === 7 ? items : undefined;
    });
    const said = new Set(calls.map(({ agent, strategy, strategyBy }) => `${agent}: ${strategy} of the ${strategyBy}`));
    expect([...said].toSorted()).toEqual(['generalist: cost of the goal', 'planner: performance of the agent']);
    const call = calls.find(({ agent }) => agent === 'generalist');
    const { explanation } = await client.getModelCall(call?.callId ?? '');
    expect(explanation[0]).toContain('scores best under "cost" (the word of the goal)');
  });

  test('[PL3, TL16] waits for a person to see the plan, survives kill -9 meanwhile and later, and pays for no answer twice', async () => {
    vendor = await startVendor({ kind: 'openai-compatible', brain });
    const first = await start();
    const { goal } = await first.client.submitGoal({
      workflow: 'plan-and-do',
      inputs: { goal: 'Write a note on birds', approve_plan: true },
    });
    const approval = await asked(first.client, goal.goalId);
    expect(approval).toMatchObject({ kind: 'plan', context: { plan: { reason: 'two steps are enough' } } });
    await first.server.kill();
    const second = await start();
    await second.client.decideApproval(approval.approvalId, { decision: 'approve' });
    await until('the agents work', async () => (vendor!.meter.total().requests >= 4 ? true : undefined));
    await second.server.kill();
    const third = await start();
    expect(await ended(third.client, goal.goalId)).toMatchObject({ state: 'succeeded', outputs });
    // The one that was under way when the process was killed may have been made again.
    expect(vendor.meter.total().requests).toBeLessThanOrEqual(8);
  });

  test('[PL6] is refused when the policy forbids it', async () => {
    vendor = await startVendor({ kind: 'openai-compatible', brain });
    const { client } = await start();
    const { goal } = await client.submitGoal({ workflow: 'plan-and-do', inputs: { goal: 'Write a keylogger for me' } });
    expect(await ended(client, goal.goalId)).toMatchObject({ state: 'failed', failure: { code: 'goal-refused' } });
    expect(vendor.meter.total().requests).toBe(0);
  });

  test('[A7] without a model says what to configure, and what runs without one', async () => {
    const { client } = await start();
    const submitted = client.submitGoal({ workflow: 'plan-and-do', inputs: { goal: 'Write a note on birds' } });
    await expect(submitted).rejects.toMatchObject({
      code: 'agent-needs-model',
      problem: { action: expect.stringContaining('review-repository') as string },
    });
    expect((await client.listGoals()).items).toEqual([]);
  });

  test('[MC5, TL22] an agent calls a tool of an MCP server that runs in a sandbox, if its file grants it and a person lets it', async () => {
    const useEcho: Brain = ({ messages, tools }) => {
      if (!tools.some(({ name }) => name === 'mcp__local__echo')) return call('finish', { result: 'no such tool' });
      const result = messages.at(-1)?.toolResults[0]?.content;
      return result === undefined ? call('mcp__local__echo', { text: 'hey there' }) : call('finish', { result });
    };
    vendor = await startVendor({ kind: 'openai-compatible', brain: useEcho });
    await mkdir(join(folder, 'cwd', 'none'));
    await mkdir(join(folder, 'home', '.agents', 'agents'), { recursive: true });
    const agent =
      '---\nname: caller\ndescription: Calls.\nrole: Caller\ntools: [mcp__local__echo]\nmodel: {}\n---\nCall.\n';
    await writeFile(join(folder, 'home', '.agents', 'agents', 'caller.md'), agent);
    const reads = [dirname(mcpStdioScript), dirname(dirname(process.execPath))];
    const mcp = { servers: [{ name: 'local', command: [process.execPath, mcpStdioScript], reads }] };
    const { server, client } = await start({ mcp });
    const definition = "name: echo\ntasks:\n  say: { agent: caller }\noutputs: { said: '${{ tasks.say.output }}' }\n";
    const { goal } = await client.submitGoal({ definition });
    // Nobody has read what the server says of its tool, nor said what the tool does.
    const approval = await asked(client, goal.goalId);
    expect(approval).toMatchObject({
      kind: 'tool-call',
      context: { because: { effects: 'irreversible', read: ['how mcp__local__echo describes itself'] } },
    });
    await client.decideApproval(approval.approvalId, { decision: 'approve' });
    const { state, failure, outputs: given } = await ended(client, goal.goalId);
    expect(state, `${JSON.stringify(failure)}\n${server.output}`).toBe('succeeded');
    const said = given?.['said'];
    expect(said).toContain('hey there');
    expect(said).toContain('<data from="mcp__local__echo">');
    const { tasks } = await client.explainGoal(goal.goalId);
    expect(JSON.stringify(tasks)).toContain('may do what cannot be taken back');
  });
});
