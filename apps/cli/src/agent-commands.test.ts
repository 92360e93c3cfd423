// What is typed to work with agents that think: goals in plain words, plans, messages, sessions, tools of MCP servers.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { diffLines } from '@chorale/lib-client';
import { runTyped } from './run-typed.fixture.ts';
import { UsageError } from './usage-error.ts';

let server: Server | undefined;
let asked: { readonly method: string; readonly url: string; readonly body: unknown }[] = [];
afterEach(() => void server?.close());

async function run(args: readonly string[], answers: unknown, files: Record<string, string> = {}) {
  asked = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      asked.push({ method, url, body: text === '' ? undefined : (JSON.parse(text) as unknown) });
      response.writeHead(method === 'POST' && url === '/v1/goals' ? 201 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answers));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const printed = await runTyped(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, args, {
    readText: async (path) => {
      const text = files[path];
      if (text === undefined) throw new UsageError(`${path} cannot be read`);
      return text;
    },
  });
  server.close();
  return printed;
}

const goal = { goalId: 'goal_1', state: 'running' };

test('[CLI10] several words are a goal in plain words, which plan-and-do gets; one word is a workflow, a path a file', async () => {
  const words = 'Compare a/b testing\n tools';
  expect(await run(['run', words, '--approve-plan', '--budget-usd', '2.5', '--strategy', 'cost'], goal)).toMatchObject({
    code: 0,
    out: 'goal_1\n',
  });
  expect(asked[0]?.body).toEqual({
    workflow: 'plan-and-do',
    title: 'Compare a/b testing tools',
    inputs: { goal: words, approve_plan: true },
    budgetUsd: 2.5,
    strategy: 'cost',
  });
  await run(['run', 'review-repository'], goal);
  expect(asked[0]?.body).toEqual({ workflow: 'review-repository', inputs: {} });
  await run(['run', 'my flows/one.yaml'], goal, { 'my flows/one.yaml': 'tasks: {}' });
  expect(asked[0]?.body).toMatchObject({ definition: 'tasks: {}' });
  for (const args of [
    ['run', 'review-repository', '--approve-plan'],
    ['run', ' '],
    ['run', 'x', '--budget-usd', 'much'],
  ]) {
    const { code, error } = await run(args, goal);
    expect({ code, said: error !== '', asked }).toEqual({ code: 2, said: true, asked: [] });
  }
});

test('[CLI10] a message goes to the agent at a task', async () => {
  expect(await run(['task', 'message', 'goal_1', 'plan', 'Keep it short', '--message-id', 'm1'], goal)).toMatchObject({
    code: 0,
  });
  expect(asked).toEqual([
    { method: 'POST', url: '/v1/goals/goal_1/tasks/plan/messages', body: { text: 'Keep it short', messageId: 'm1' } },
  ]);
});

const approval = {
  approvalId: 'approval_1',
  goalId: 'goal_1',
  taskNo: 0,
  kind: 'plan',
  state: 'pending',
  question: 'planner proposes a plan',
  requestedAt: 1,
  context: {
    agent: 'planner',
    plan: {
      reason: 'two steps are enough',
      tasks: [
        { key: 'note', agent: 'generalist', task: 'Write the note' },
        { key: 'count', agent: 'generalist', task: 'Count its words', needs: ['note'], input: { note: '${{ x }}' } },
      ],
      outputs: { words: '${{ tasks.count.output }}' },
    },
  },
};

test('[CLI11] a plan that waits is shown as its tasks, and approved as a file says', async () => {
  const { out } = await run(['approval', 'show', 'approval_1'], approval);
  expect(out).toContain('1. note  agent generalist\n    Write the note\n');
  expect(out).toContain('2. count  agent generalist after note\n    Count its words\n    input {"note":"${{ x }}"}\n');
  expect(out).toContain('words: ${{ tasks.count.output }}');
  expect(out).toContain('chorale approve approval_1 --answer-file plan.yaml');
  const yaml = 'tasks:\n  - { key: note, agent: generalist, task: Write it }\noutputs: {}\n';
  await run(
    ['approve', 'approval_1', '--answer-file', 'plan.yaml'],
    { ...approval, state: 'approved' },
    { 'plan.yaml': yaml },
  );
  expect(asked[0]?.body).toEqual({
    decision: 'approve',
    answer: { tasks: [{ key: 'note', agent: 'generalist', task: 'Write it' }], outputs: {} },
  });
  const broken = await run(['approve', 'a', '--answer-file', 'p'], approval, { p: 'tasks: [' });
  expect(broken).toMatchObject({ code: 2, error: expect.stringContaining('p is neither YAML nor JSON') as string });
  const both = await run(['approve', 'a', '--answer-file', 'p', '--answer', '1'], approval, { p: '1' });
  expect({ code: both.code, asked }).toEqual({ code: 2, asked: [] });
});

test('[CLI12] a session is a table of its steps, with model, tokens, cost, cache, call and result', async () => {
  const usage = { inputTokens: 900, outputTokens: 40, cachedInputTokens: 500, cacheWriteTokens: 0, reasoningTokens: 0 };
  const model = {
    purpose: 'turn',
    deploymentId: 'acme/small',
    usage,
    costUsd: 0.002,
    cache: 'none',
    asked: ['read-file'],
  };
  const result = { digest: 'abcdef0123', preview: '{"text":"birds"}' };
  const explained = {
    goalId: 'goal_1',
    title: 'Birds',
    state: 'succeeded',
    summary: 'It succeeded.',
    at: 1,
    tasks: [
      {
        no: 0,
        key: 'look',
        state: 'succeeded',
        sentence: 'Done.',
        waitsFor: [],
        attempts: 1,
        run: 1,
        session: {
          agent: 'scout',
          run: 1,
          totals: { modelCalls: 1, toolCalls: 1, inputTokens: 900, outputTokens: 40, costUsd: 0.002 },
          steps: [
            { stepNo: 1, attempt: 1, decision: 'model-answered', startedAt: 1, tookMs: 1500, model },
            {
              stepNo: 2,
              attempt: 1,
              decision: 'call-made',
              startedAt: 2,
              call: { name: 'read-file', arguments: { path: 'a' }, result },
            },
            {
              stepNo: 3,
              attempt: 1,
              decision: 'call-made',
              startedAt: 3,
              call: { name: 'write-file', arguments: { text: 'long '.repeat(2000) }, result },
            },
          ],
        },
      },
      { no: 1, key: 'other', state: 'waiting', sentence: 'Waits.', waitsFor: [], attempts: 0, run: 1 },
    ],
  };
  const { out } = await run(['goal', 'explain', 'goal_1'], explained);
  expect(out).toContain('look by scout: 1 model call, 1 tool call, 900 tokens in, 40 out, $0.0020');
  expect(out).toMatch(/1 {2}model-answered {2}acme\/small +900\+40 +\$0\.0020 +500 +1\.5s +calls read-file/);
  expect(out).toMatch(/2 {2}call-made +read-file \{"path":"a"\} +abcdef01 \{"text":"birds"\}/);
  expect(Math.max(...out.split('\n').map((line) => line.length)), 'no line is endless').toBeLessThan(300);
  const json = await run(['goal', 'explain', 'goal_1', '--task', 'look', '--json'], explained);
  expect(JSON.parse(json.out)).toEqual({ ...explained, tasks: [explained.tasks[0]] });
});

test('[CLI13] a tool that has changed is shown line by line beside what was agreed to, and agreed to as shown', async () => {
  const hash = 'a'.repeat(64);
  const inputSchema = { type: 'object' };
  const approved = { description: 'Says it back.', inputSchema, hash: 'b', approvedAt: 5, approvedBy: 'eve' };
  const tool = { tool: 'echo', name: 'mcp__office__echo', inputSchema, hash };
  const changed = { ...tool, state: 'changed', description: 'Deletes files.\u001b[2J', approved };
  const fine = { ...tool, tool: 'add', state: 'approved', description: 'Adds.', approved };
  const servers = {
    items: [
      { name: 'office', tools: [changed, fine] },
      { name: 'far', tools: [], problem: 'no answer' },
    ],
  };
  const { out } = await run(['mcp', 'list'], servers);
  expect(out).toContain('    - Says it back.\n    + Deletes files.\n      arguments {\n');
  expect(out).toContain(`hash ${hash}`);
  expect(out).toContain('far  cannot be asked: no answer');
  expect((await run(['mcp', 'approve', 'office'], servers)).code).toBe(0);
  expect(asked.slice(1)).toEqual([
    { method: 'POST', url: '/v1/mcp-servers/office/approve', body: { tool: 'echo', hash } },
  ]);
  expect((await run(['mcp', 'approve', 'office', 'nothing'], servers)).code).toBe(3);
  expect((await run(['mcp', 'list', 'nobody'], servers)).code).toBe(3);
});

test('[CLI13] a comparison holds every line of both texts, once, in order', () => {
  expect(diffLines('a\nb\nc', 'a\nx\nc\nd')).toEqual(['  a', '- b', '+ x', '  c', '+ d']);
  expect(diffLines('same', 'same')).toEqual(['  same']);
});
