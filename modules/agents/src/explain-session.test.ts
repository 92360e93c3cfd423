import { refused } from '@chorale/lib-errors';
import type { ModelCallRecord } from '@chorale/module-models';
import { expect, test } from 'vitest';
import { explainSession } from './explain-session.ts';
import { finish, say, SessionStage } from './session-stage.ts';
import type { ToolDefinition } from './tool.ts';

const look: ToolDefinition<never> = {
  name: 'look',
  description: 'Looks.',
  inputSchema: { type: 'object' },
  idempotent: true,
  effects: 'reads',
  run: async () => ({ output: 'x'.repeat(40_000) }),
};
const fail: ToolDefinition<never> = {
  ...look,
  name: 'fail',
  run: () => Promise.reject(refused('gone', 'It is gone.')),
};

test('[TL21] each entry of a session says which model, what it cost, which tool, with what, and what came of it', async () => {
  const lines = [say(['look', { at: 'it' }]), say(['fail', {}]), say(['smell', {}]), finish(1)];
  const stage = new SessionStage({ brain: (_request, turn) => lines[turn - 1] ?? 'nothing', tools: [look, fail] });
  await stage.runOn();
  const [first] = stage.asked;
  const record = {
    callId: first!.callId,
    deploymentId: 'test/script',
    strategy: 'balanced',
    taskClass: 'chat',
    dataClass: 'internal',
    masked: 2,
    candidates: [],
    tries: [],
  };
  const session = explainSession({
    steps: stage.journal,
    calls: [record as unknown as ModelCallRecord],
    digest: (text) => `digest of ${text.length}`,
  });
  expect(session.steps.map(({ decision }) => decision)).toEqual([
    'session-opened',
    'model-answered',
    'call-made',
    'model-answered',
    'call-failed',
    'model-answered',
    'call-refused',
    'model-answered',
  ]);
  const [, answered, made, , failed] = session.steps;
  expect(answered?.model).toEqual({
    callId: first!.callId,
    purpose: 'turn',
    deploymentId: 'test/script',
    model: 'script',
    usage: { inputTokens: 100, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    cost: 1_000,
    cache: 'none',
    asked: ['look'],
    routing: { strategy: 'balanced', taskClass: 'chat', dataClass: 'internal', masked: 2, candidates: [], tries: [] },
  });
  expect(made?.call).toMatchObject({
    name: 'look',
    arguments: { at: 'it' },
    result: { artifact: expect.stringContaining('sha256:') as string },
  });
  expect(made?.call?.result?.digest).toMatch(/^digest of /);
  expect(failed).toMatchObject({ failure: { code: 'gone' }, call: { name: 'fail', result: undefined } });
  expect(session.totals).toEqual({ modelCalls: 4, toolCalls: 2, inputTokens: 400, outputTokens: 0, cost: 4_000 });
});

test('[TL21] what is under way or waits is said to be so', async () => {
  const stage = new SessionStage({
    brain: () => say(['ask-person', { question: 'Which?' }]),
    agent: { tools: [{ tool: 'ask-person', limits: {} }] },
  });
  await stage.waits();
  const session = explainSession({ steps: stage.journal, calls: [], digest: () => '' });
  expect(session.steps.at(-1)).toMatchObject({
    decision: 'waits',
    tookMs: undefined,
    call: { name: 'ask-person', arguments: { question: 'Which?' } },
  });
  stage.answer({ decision: 'approved', by: 'eve', answer: 'this' });
  const [last] = explainSession({ steps: stage.journal, calls: [], digest: () => '' }).steps.slice(-1);
  expect(last).toMatchObject({
    decision: 'answered',
    call: { result: { preview: expect.stringContaining('eve') as string } },
  });
});

test('[TL21, TL22] a call that was held says why', async () => {
  const send: ToolDefinition<never> = { ...look, name: 'send', effects: 'exfiltrates' };
  const lines = [say(['look', {}]), say(['send', {}])];
  const stage = new SessionStage({ brain: (_request, turn) => lines[turn - 1] ?? 'nothing', tools: [look, send] });
  await stage.waits();
  const { steps } = explainSession({ steps: stage.journal, calls: [], digest: String });
  expect(steps.at(-1)).toMatchObject({
    decision: 'waits',
    call: { held: 'the call may carry data out, and the agent has read what others wrote: what look gave' },
  });
});
