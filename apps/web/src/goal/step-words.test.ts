import type { Step } from '@chorale/lib-client';
import { expect, test } from 'vitest';
import { hasSession, sayStep } from './step-words.ts';

const step: Step = {
  taskNo: 0,
  run: 1,
  stepNo: 1,
  attempt: 1,
  kind: 'model-call',
  name: 'any',
  state: 'finished',
  idempotent: true,
  input: { purpose: 'turn', callId: 'call_1' },
  output: {
    deploymentId: 'acme/small',
    usage: { inputTokens: 12_400, outputTokens: 40, cachedInputTokens: 9_000 },
    cost: 2_000_000,
    cache: 'none',
  },
  startedAt: 1,
  finishedAt: 2,
};

test('[W21] a model call says who answered, for how much', () => {
  expect(sayStep(step)).toEqual({
    name: 'acme/small',
    kind: 'model call',
    detail: '12k tokens in, 40 out, $0.0020, 9k cached',
    callId: 'call_1',
  });
  const { output: _output, ...begun } = step;
  expect(sayStep({ ...begun, state: 'started' })).toMatchObject({ name: 'any', detail: '' });
  expect(sayStep({ ...step, output: { usage: {}, cache: 'exact' } })).toMatchObject({ detail: 'from the cache' });
});

test('[W21] a tool call says what it was called with, a wait what it waits for', () => {
  const call = { ...step, kind: 'tool-call', name: 'read-file' } as const;
  expect(sayStep({ ...call, input: { path: 'a.txt' } })).toMatchObject({
    name: 'read-file',
    detail: '{"path":"a.txt"}',
  });
  expect(sayStep({ ...call, input: 'x'.repeat(200) }).detail).toHaveLength(80);
  expect(sayStep({ ...step, kind: 'wait', name: 'plan-leave' })).toMatchObject({ name: 'Approval of the plan' });
  const plan = { ...step, kind: 'wait', name: 'run-plan', output: { goal: 'goal_2', state: 'succeeded' } } as const;
  expect(sayStep(plan)).toMatchObject({ name: 'The plan', subGoalId: 'goal_2' });
  expect(sayStep({ ...step, kind: 'wait', name: 'some-other' })).toMatchObject({ name: 'some-other' });
});

test('[W22] only a task with a session can be spoken to', () => {
  expect(hasSession([step])).toBe(false);
  expect(hasSession([{ ...step, kind: 'decision', name: 'open-session' }, step])).toBe(true);
  expect(hasSession(undefined)).toBe(false);
});
