import type { Json } from '@chorale/module-goals';
import { describe, expect, test } from 'vitest';
import { finish, lastText, say, SessionStage, type Brain, type SessionStageOptions } from './session-stage.ts';
import type { ToolDefinition } from './tool.ts';

const send = {
  name: 'send',
  description: 'Sends.',
  inputSchema: {
    type: 'object',
    properties: { to: { type: 'string' } },
    required: ['to'],
    additionalProperties: false,
  },
  idempotent: false,
  gives: 'echo',
  run: async (args: Json) => ({ output: { sent: args } }),
} as unknown as ToolDefinition<never>;

const script =
  (...lines: readonly ReturnType<Brain>[]): Brain =>
  (_request, turn) =>
    lines[Math.min(turn, lines.length) - 1] ?? 'nothing';

const asking = (brain: Brain, more: Partial<SessionStageOptions> = {}) =>
  new SessionStage({ brain, tools: [send], agent: { tools: [{ tool: 'send', limits: {}, ask: true }] }, ...more });

describe('a tool that needs leave', () => {
  const once = script(say(['send', { to: 'bob' }]), finish('ok'));

  test('[TL17, J6] is not called until a person has seen its arguments; the slot is given back meanwhile', async () => {
    const stage = asking(once);
    const on = await stage.waits();
    expect(on).toMatchObject({ for: 'person', kind: 'tool-call', context: { tool: 'send', arguments: { to: 'bob' } } });
    expect(on).toMatchObject({ expiresAt: expect.any(Number) });
    expect(stage.made).toEqual([]);
    stage.answer({ decision: 'approved', by: 'eve' });
    expect(await stage.runOn()).toEqual({ outcome: 'succeeded', output: 'ok' });
    expect(stage.made).toEqual([{ tool: 'send', args: { to: 'bob' } }]);
    expect(stage.asked).toHaveLength(2);
  });

  test('[TL17] is called with the arguments as the person changed them, if they fit', async () => {
    const stage = asking(once);
    await stage.waits();
    stage.answer({ decision: 'approved', by: 'eve', answer: { arguments: { to: 'carol' } } });
    await stage.runOn();
    expect(stage.made).toEqual([{ tool: 'send', args: { to: 'carol' } }]);
    const wrong = asking(once);
    await wrong.waits();
    wrong.answer({ decision: 'approved', by: 'eve', answer: { arguments: { too: 'carol' } } });
    await wrong.runOn();
    expect(wrong.made).toEqual([]);
    expect(lastText(wrong.asked[1]!.request)).toContain('no longer fit');
  });

  test.each([
    [{ decision: 'rejected', by: 'eve', comment: 'not to him' }, 'not to him'],
    [{ decision: 'expired' }, 'Nobody answered in time'],
  ])('[TL17] is not called after %j, and the model is told', async (answer, words) => {
    const stage = asking(once);
    await stage.waits();
    stage.answer(answer);
    expect(await stage.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect(stage.made).toEqual([]);
    expect(lastText(stage.asked[1]!.request)).toContain(words);
  });

  test('[TL17] asks again for every call, also of a grant that began to ask while the task waited', async () => {
    const stage = asking(script(say(['send', { to: 'a' }], ['send', { to: 'b' }]), finish(1)));
    for (const to of ['a', 'b']) {
      expect(await stage.waits()).toMatchObject({ context: { arguments: { to } } });
      stage.answer({ decision: 'approved', by: 'eve' });
    }
    expect(await stage.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect(stage.made).toHaveLength(2);
  });
});

describe('a question to a person', () => {
  const agent = { tools: [{ tool: 'ask-person', limits: {} }] };

  test('[TL18] is waited for, and the answer goes back to the model', async () => {
    const stage = new SessionStage({
      brain: script(say(['ask-person', { question: 'Which one?', choices: ['a', 'b'] }]), finish('b it is')),
      agent,
    });
    expect(await stage.waits()).toMatchObject({
      kind: 'question',
      question: 'Which one?',
      context: { choices: ['a', 'b'] },
    });
    stage.answer({ decision: 'approved', by: 'eve', answer: 'b' });
    expect(await stage.runOn()).toEqual({ outcome: 'succeeded', output: 'b it is' });
    expect(lastText(stage.asked[1]!.request)).toContain('eve answers: b');
  });

  test('[TL18] is not offered to an agent that was not granted it', async () => {
    const stage = new SessionStage({
      brain: script(say(['ask-person', { question: 'May I?' }]), finish(1)),
      agent: { tools: [] },
    });
    expect(await stage.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect(lastText(stage.asked[1]!.request)).toContain('no tool "ask-person"');
  });
});

test('[TL19] a call whose end is unknown and that may not be repeated is asked about', async () => {
  const stage = new SessionStage({ brain: script(say(['send', { to: 'bob' }]), finish(1)), tools: [send] });
  // 1 opening, 2 and 3 the model, 4 the call begins, 5 it ends.
  stage.lose = (write) => write === 5;
  expect(await stage.run()).toBeUndefined();
  stage.lose = () => false;
  expect(await stage.run()).toMatchObject({ outcome: 'uncertain', context: { tool: 'send' } });
  expect(stage.made).toHaveLength(1);
});

test('[TL20] a message to a running agent is in its next turn, once', async () => {
  const stage: SessionStage = new SessionStage({
    brain: ({ messages }, turn) =>
      turn < 3 ? say(['send', { to: `${turn}` }]) : finish(JSON.stringify(messages).split('stop it').length - 1),
    tools: [send],
  });
  stage.lose = (write) => {
    if (write === 4) stage.messages = [{ messageId: 'm', text: 'stop it', by: 'eve', at: 1 }];
    return false;
  };
  expect(await stage.runOn()).toEqual({ outcome: 'succeeded', output: 1 });
  expect(lastText(stage.asked[0]!.request)).not.toContain('stop it');
  expect(lastText(stage.asked[1]!.request)).toContain('eve says to you while you work: stop it');
  expect(stage.journal.filter(({ kind }) => kind === 'message')).toHaveLength(1);
});

describe('delegation', () => {
  const agent = { tools: [{ tool: 'delegate', limits: {} }] };
  const agents = [{ name: 'reader', skills: ['map'] }, { name: 'writer' }];
  const two = say([
    'delegate',
    {
      tasks: [
        { key: 'a', agent: 'reader', skill: 'map', task: 'Read ${{ this }}' },
        { key: 'b', agent: 'writer', task: 'Write' },
      ],
    },
  ]);

  test('[DL1] gives tasks to other agents as one sub-goal and goes on with what came of it', async () => {
    const stage = new SessionStage({ brain: script(two, finish({ $output: 'call_goal_1_0_1_2.0' })), agent, agents });
    const on = await stage.waits();
    expect(on).toMatchObject({
      for: 'sub-goal',
      author: 'agent:ann',
      definition: {
        tasks: [
          {
            key: 'a',
            kind: 'agent',
            agent: 'reader',
            skill: 'map',
            with: { task: 'Read $${{ this }}' },
            onFailure: 'continue',
          },
          { key: 'b', agent: 'writer' },
        ],
      },
    });
    const outputs = { a: { state: 'succeeded', output: 1, failure: null } };
    stage.answer({ goal: 'goal_2', state: 'succeeded', outputs });
    expect(await stage.runOn()).toEqual({ outcome: 'succeeded', output: outputs });
    expect(stage.asked).toHaveLength(2);
  });

  test('[DL2] is refused to agents there are not, to oneself, for skills they lack, and past what is allowed', async () => {
    const given = (tasks: Json) => say(['delegate', { tasks }]);
    const stage = new SessionStage({
      brain: script(
        given([{ key: 'a', agent: 'raeder', task: 'x' }]),
        given([{ key: 'a', agent: 'ann', task: 'x' }]),
        given([{ key: 'a', agent: 'writer', skill: 'map', task: 'x' }]),
        given([
          { key: 'a', agent: 'writer', task: 'x' },
          { key: 'a', agent: 'writer', task: 'x' },
        ]),
        finish(1),
      ),
      agent,
      agents: [...agents, { name: 'ann', ...agent }],
    });
    expect(await stage.runOn()).toMatchObject({ outcome: 'succeeded' });
    const told = stage.asked.slice(1).map(({ request }) => lastText(request));
    for (const [at, words] of ['`raeder`', 'which is you', 'its skills: none', '`a`'].entries())
      expect(told[at]).toContain(words);
    const many = Array.from({ length: 8 }, (_, at) => ({ key: `k${at}`, agent: 'writer', task: 'x' }));
    const often = new SessionStage({
      brain: (_request, turn) => (turn < 6 ? given(many.map((one) => ({ ...one, task: `x${turn}` }))) : finish(1)),
      agent,
      agents,
    });
    for (let round = 0; round < 4; round++) {
      expect(await often.waits()).toMatchObject({ for: 'sub-goal' });
      often.answer({ goal: 'goal_2', state: 'succeeded', outputs: {} });
    }
    expect(await often.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect(lastText(often.asked.at(-1)!.request)).toContain('at most 32 in all');
    const deep = new SessionStage({ brain: script(two, finish(1)), agent, agents, depth: 3 });
    expect(await deep.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect(lastText(deep.asked[1]!.request)).toContain('at most 3 levels');
  });

  test('[DL3] the failure of the sub-goal goes back as a result', async () => {
    const stage = new SessionStage({ brain: script(two, finish('without')), agent, agents });
    await stage.waits();
    stage.answer({ goal: 'goal_2', state: 'cancelled' });
    expect(await stage.runOn()).toEqual({ outcome: 'succeeded', output: 'without' });
    expect(lastText(stage.asked[1]!.request)).toContain('cancelled');
  });
});
