// A session whose worker is lost at any write goes on as the same session: nothing that was paid for or done is repeated,
// and the model sees, byte for byte, the conversation it would have seen.

import { refused, temporary } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import { expect, test } from 'vitest';
import { finish, lastText, say, SessionStage, type Brain } from './session-stage.ts';
import type { ToolDefinition } from './tool.ts';

function tool(name: string, more: Partial<ToolDefinition<never>> = {}): ToolDefinition<never> {
  return {
    name,
    description: name,
    inputSchema: { type: 'object' },
    idempotent: true,
    effects: 'writes-workspace',
    run: async (args: Json) => ({ output: { from: name, args } }),
    ...more,
  };
}

const tools = [
  tool('read', { effects: 'reads' }),
  tool('fail', { run: () => Promise.reject(refused('no', 'It does not work.')) }),
  tool('write'),
  tool('large', { run: async () => ({ output: 'é'.repeat(30_000) }) }),
];

/** Every kind of entry a journal can hold, but those that wait for somebody. */
const brain: Brain = ({ messages }, _turn, { callId }) => {
  if (lastText({ messages: messages.slice(0, 1) }).startsWith('You summarise')) return 'Much was read.';
  const stepNo = Number(callId.split('_').at(-1));
  const text = JSON.stringify(messages);
  const answers = messages.filter(({ role }) => role === 'assistant').length;
  if (stepNo === 7) return temporary('busy', 'come back');
  if (text.includes('Much was read'))
    return text.includes('hurry') ? finish({ done: true }) : say(['write', { stepNo }]);
  if (answers === 0) return say(['read', { a: 1 }], ['read', { a: 2 }], ['write', { a: 3 }]);
  if (answers === 1) return say(['fail', {}], ['nothing', {}], ['large', {}]);
  return say(['read', { text: `${stepNo} ${'long '.repeat(3_000)}` }]);
};

function makeStage(): SessionStage {
  const stage = new SessionStage({ brain, tools, contextTokens: 9_000 });
  stage.messages = [{ messageId: 'm1', text: 'carefully please', by: 'ann', at: 1 }];
  return stage;
}

/** Somebody says something when that much is on record, whoever works by then. */
async function play(stage: SessionStage) {
  const { lose } = stage;
  stage.lose = (write) => {
    if (stage.steps.size >= 14) {
      stage.messages = [
        { messageId: 'm1', text: 'carefully please', by: 'ann', at: 1 },
        { messageId: 'm2', text: 'hurry', by: 'ann', at: 2 },
      ];
    }
    return lose(write);
  };
  return stage.runOn();
}

const whole = makeStage();
const end = await play(whole);

test('[TL1] the session that is broken off below holds every kind of entry', () => {
  expect(end).toEqual({ outcome: 'succeeded', output: { done: true } });
  const kinds = new Set(
    whole.journal.map(({ kind, name, state }) => `${kind} ${kind === 'model-call' ? '' : name} ${state}`),
  );
  for (const kind of [
    'message person finished',
    'tool-call fail failed',
    'decision refuse-call finished',
    'model-call  failed',
  ])
    expect(kinds).toContain(kind);
  expect(whole.journal.some(({ input }) => (input as { purpose?: string }).purpose === 'compact')).toBe(true);
});

const cuts = Array.from({ length: whole.writes }, (_, index) => index + 1);

test.each(
  cuts.flatMap((write) => [
    { write, when: true as const },
    { write, when: 'after' as const },
  ]),
)('[TL16] lost at write $write ($when), it goes on as the same session', async ({ write, when }) => {
  const stage = makeStage();
  let lost = false;
  stage.lose = (at) => {
    if (lost || at !== write) return false;
    lost = true;
    return when;
  };
  expect(await play(stage)).toEqual(end);
  expect(lost).toBe(true);
  const entries = (of: SessionStage) =>
    of.journal.map(({ stepNo, kind, name, state, input, output }) => ({ stepNo, kind, name, state, input, output }));
  expect(entries(stage)).toEqual(entries(whole));
  const sent = (of: SessionStage) => new Map(of.asked.map(({ callId, request }) => [callId, JSON.stringify(request)]));
  expect(sent(stage)).toEqual(sent(whole));
  // The call under way when the worker was lost is the only one that may have been made twice, and under the same id.
  expect(stage.asked.length - whole.asked.length).toBeLessThanOrEqual(1);
  expect(stage.made.length - whole.made.length).toBeLessThanOrEqual(2);
});

test('[TL16] lost at every write in turn, it still ends, with each finished call made once', async () => {
  const stage = makeStage();
  let writes = 0;
  // Each attempt gets one write further than the last.
  stage.lose = () => {
    writes += 1;
    if (writes < 2) return false;
    writes = 0;
    return 'after';
  };
  expect(await play(stage)).toEqual(end);
  const sent = new Map<string, string>();
  for (const { callId, request } of stage.asked) {
    const text = JSON.stringify(request);
    expect(sent.get(callId) ?? text).toBe(text);
    sent.set(callId, text);
  }
});
