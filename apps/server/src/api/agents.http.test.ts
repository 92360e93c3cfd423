// What the API says of agents with models: which goals need one, what a session was, which tools of MCP servers wait.
import type { McpToolReport } from '@chorale/adapter-mcp';
import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import { refused } from '@chorale/lib-errors';
import type { FinishAttempt } from '@chorale/module-goals';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let at: TestApi;
beforeEach(async () => {
  at = await startTestApi();
});
afterEach(() => at.close());

test('[API45] a goal whose agents need a model is refused before it is one, with what to configure', async () => {
  at.models.fleet = () => ({ deployments: [], aliases: {} });
  const needing = at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'birds' } });
  await expect(needing).rejects.toMatchObject({
    status: 409,
    code: 'agent-needs-model',
    problem: { action: expect.stringContaining('listens') as string },
  });
  expect((await at.client.listGoals()).items).toEqual([]);
  const { goal } = await at.client.submitGoal({ workflow: 'listens' });
  expect(goal.state).toBe('running');
});

test('[API45] one that is found when it is looked for once more is enough', async () => {
  const { deployments } = at.models.fleet();
  at.models.fleet = () => ({ deployments: [], aliases: {} });
  const probe = at.services.models.probe;
  Object.assign(at.services.models, {
    probe: () => {
      at.models.fleet = () => ({ deployments, aliases: {} });
      return probe();
    },
  });
  const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'birds' } });
  expect(goal.state).toBe('running');
});

test('[API46] a goal comes with its budget, and a request that is repeated leaves no second one', async () => {
  const request = { workflow: 'two-steps', inputs: { topic: 'birds' }, budgetUsd: 0.25 };
  const { goal } = await at.client.submitGoal(request, { idempotencyKey: 'once' });
  const again = await at.client.submitGoal(request, { idempotencyKey: 'once' });
  expect(again).toMatchObject({ existing: true, goal: { goalId: goal.goalId } });
  expect(await at.client.listBudgets()).toMatchObject([
    { scope: 'goal', subject: goal.goalId, window: 'total', limit: { usd: 0.25 } },
  ]);
});

test("[API184] a goal's strategy is kept with its plan; another under the same key is another request", async () => {
  const request = { workflow: 'two-steps', inputs: { topic: 'birds' }, strategy: 'cost' } as const;
  const { goal } = await at.client.submitGoal(request, { idempotencyKey: 'cheaply' });
  const { definition, planHash } = await at.client.getPlan(goal.goalId);
  expect(definition.strategy).toBe('cost');
  const plain = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'birds' } });
  const other = await at.client.getPlan(plain.goal.goalId);
  expect(other.definition).not.toHaveProperty('strategy');
  expect(other.planHash).not.toBe(planHash);
  await expect(
    at.client.submitGoal({ ...request, strategy: 'privacy' }, { idempotencyKey: 'cheaply' }),
  ).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  await expect(at.client.submitGoal({ ...request, strategy: 'luck' as 'cost' })).rejects.toMatchObject({ status: 400 });
});

type StepRecord = NonNullable<FinishAttempt['steps']>[number];

const usage = { inputTokens: 900, outputTokens: 40, cachedInputTokens: 500, cacheWriteTokens: 0, reasoningTokens: 0 };

function modelStep(callId: string): StepRecord {
  const output = {
    callId,
    deploymentId: 'acme/small',
    provider: 'acme',
    model: 'small',
    finish: 'tool-calls',
    usage,
    cost: 2_000_000,
    cache: 'none',
    parts: [{ type: 'tool-call', id: 'c1', name: 'read-file', arguments: { path: 'a.txt' } }],
  };
  return {
    stepNo: 1,
    kind: 'model-call',
    name: 'small',
    idempotent: true,
    input: { purpose: 'turn', callId, messages: 1, digest: 'd' },
    startedAt: at.clock.now,
    ended: { finishedAt: at.clock.now + 1500, output },
  };
}

test('[API47] a session is explained step by step, with why its models were chosen', async () => {
  const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'birds' } });
  const [claimed] = await at.claim();
  const callId = `call_${goal.goalId}_0_1_1`;
  const routed = await at.models.route({
    context: { callId: callId as never, tenantId: defaultTenant, models: [], goalId: goal.goalId as GoalId },
    body: {
      form: 'chat',
      request: { messages: [{ role: 'user', parts: [{ type: 'text', text: 'Go.' }] }], tools: [] } as never,
    },
    stream: false,
    signal: new AbortController().signal,
  });
  if (routed.answer.form === 'chat') for await (const _event of routed.answer.events);
  await routed.finished;
  const tool: StepRecord = {
    stepNo: 2,
    kind: 'tool-call',
    name: 'read-file',
    idempotent: true,
    input: { path: 'a.txt' },
    startedAt: at.clock.now,
    ended: { finishedAt: at.clock.now, output: { text: 'birds' } },
  };
  await at.succeed(claimed!, 'found', { steps: [modelStep(callId), tool] });
  const { tasks } = await at.client.explainGoal(goal.goalId);
  const session = tasks.find(({ key }) => key === 'first')?.session;
  expect(session).toMatchObject({
    agent: 'scout',
    run: 1,
    totals: { modelCalls: 1, toolCalls: 1, inputTokens: 900, outputTokens: 40, costUsd: 0.002 },
    steps: [
      {
        decision: 'model-answered',
        tookMs: 1500,
        model: {
          callId,
          deploymentId: 'acme/small',
          costUsd: 0.002,
          asked: ['read-file'],
          routing: { strategy: 'balanced', candidates: [{ deploymentId: 'acme/small' }] },
        },
      },
      {
        decision: 'call-made',
        call: {
          name: 'read-file',
          arguments: { path: 'a.txt' },
          result: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string, preview: '{"text":"birds"}' },
        },
      },
    ],
  });
  expect(tasks.find(({ key }) => key === 'second')?.session).toBeUndefined();
});

const hash = 'a'.repeat(64);

test('[API48] what tools of MCP servers say is shown beside what was agreed to, and agreed to by its hash', async () => {
  await at.close();
  const agreed: object[] = [];
  const approved = {
    server: 'office',
    tool: 'echo',
    hash: 'b',
    description: 'Says it back.',
    approvedAt: 5,
    approvedBy: 'eve',
  };
  const report: McpToolReport = {
    server: 'office',
    tool: 'echo',
    name: 'mcp__office__echo',
    state: 'changed',
    description: 'Deletes all files.',
    inputSchema: { type: 'object' },
    hash,
    approved,
    problem: undefined,
  };
  at = await startTestApi({
    mcp: {
      servers: [
        { name: 'office', problem: undefined },
        { name: 'silent', problem: 'it does not answer' },
      ],
      refresh: async () => [report],
      approve: async (tool) => {
        if (tool.server !== 'office') throw refused('mcp-server-unknown', 'There is none.');
        agreed.push(tool);
      },
    },
  });
  expect(await at.client.listMcpServers()).toEqual([
    {
      name: 'office',
      tools: [
        {
          tool: 'echo',
          name: 'mcp__office__echo',
          state: 'changed',
          description: 'Deletes all files.',
          inputSchema: { type: 'object' },
          hash,
          approved: { description: 'Says it back.', hash: 'b', approvedAt: 5, approvedBy: 'eve' },
        },
      ],
    },
    { name: 'silent', tools: [], problem: 'it does not answer' },
  ]);
  await at.client.approveMcpTool('office', { tool: 'echo', hash });
  expect(agreed).toEqual([{ server: 'office', tool: 'echo', hash }]);
  await expect(at.client.approveMcpTool('nobody', { tool: 'echo', hash })).rejects.toMatchObject({ status: 404 });
});
