import { expect, test } from 'vitest';
import { collectReply } from './collect-reply.ts';
import { routeContinued } from './continue-answer.ts';
import type { ChatEvent } from './conversation.ts';
import type { ModelCallId } from './model-call.ts';
import { ask, makeDeployment, makeReply, makeStage, type Behaviour } from './router-stage.fixture.ts';
import { UpstreamFailure, type UpstreamCall } from './upstream.ts';

const deployments = ['x/a', 'x/b', 'x/c'].map((id) => makeDeployment(id));
const failover = { strategy: 'failover' } as const;

const says =
  (...events: readonly (ChatEvent | 'break')[]): Behaviour =>
  ({ deployment }) => ({
    form: 'chat',
    events: (async function* () {
      for (const event of events) {
        if (event === 'break') throw new UpstreamFailure('connection', 'the line is gone');
        yield event;
      }
      const text = events.map((event) => (event !== 'break' && event.type === 'text' ? event.delta : '')).join('');
      yield { type: 'end', reply: { ...makeReply(deployment), parts: [{ type: 'text', text }] } };
    })(),
  });

const text = (delta: string): ChatEvent => ({ type: 'text', delta });

function play(behave: Readonly<Record<string, Behaviour>>) {
  const sent: UpstreamCall[] = [];
  const noted = Object.fromEntries(
    Object.entries(behave).map(([id, one]): [string, Behaviour] => [
      id,
      (call, signal, nth) => {
        sent.push(call);
        return one(call, signal, nth);
      },
    ]),
  );
  const stage = makeStage({ deployments, behave: noted });
  let ids = 0;
  const world = {
    routeCall: stage.router.routeCall,
    fleet: () => ({ deployments, aliases: {} }),
    newCallId: () => `next_${++ids}` as ModelCallId,
  };
  const read = async (changes: Parameters<typeof stage.made>[0] = {}) => {
    const routed = await routeContinued(world, stage.made({ context: failover, stream: true, ...changes }));
    const events: ChatEvent[] = [];
    try {
      if (routed.answer.form === 'chat') for await (const event of routed.answer.events) events.push(event);
      return { events, error: undefined };
    } catch (error) {
      return { events, error };
    }
  };
  return { stage, sent, read };
}

test('[RT46] an answer that breaks off goes on elsewhere with what came so far, and is one answer', async () => {
  const { stage, sent, read } = play({
    'x/a': says(text('Once '), text('upon '), 'break'),
    'x/b': says(text('a '), 'break'),
    'x/c': says(text('time.')),
  });
  const { events, error } = await read();
  expect(error).toBeUndefined();
  expect(events.flatMap((event) => (event.type === 'text' ? [event.delta] : []))).toEqual([
    'Once ',
    'upon ',
    'a ',
    'time.',
  ]);
  const end = events.at(-1);
  expect(end?.type === 'end' && end.reply.parts).toEqual([{ type: 'text', text: 'Once upon a time.' }]);
  expect(sent.map(({ deployment }) => deployment.id)).toEqual(['x/a', 'x/b', 'x/c']);
  const { body } = sent[2]!;
  expect(body.form === 'chat' && body.request.messages.slice(1)).toEqual([
    { role: 'assistant', parts: [{ type: 'text', text: 'Once upon a ' }] },
    { role: 'user', parts: [{ type: 'text', text: expect.stringContaining('Go on exactly where it stopped') }] },
  ]);
  await stage.router.drain();
  const records = stage.commands.filter((one) => one.command === 'settle' && one.record !== undefined);
  expect(records).toHaveLength(3);
});

test('[RT46] half of a call, a structured answer, a refusal and nobody left are the error that they are', async () => {
  const call: ChatEvent = { type: 'tool-call-start', index: 0, id: 'c', name: 'look' };
  const inCall = play({ 'x/a': says(text('I look. '), call, 'break'), 'x/b': says(text('no')) });
  expect((await inCall.read()).error).toMatchObject({ code: 'answer-broken' });
  const structured = play({ 'x/a': says(text('{"a":'), 'break') });
  const request = ask('go', { output: { name: 'o', schema: {} } });
  expect((await structured.read({ body: { form: 'chat', request } })).error).toMatchObject({ code: 'answer-broken' });
  const alone = play({ 'x/a': says(text('Once '), 'break') });
  const { events, error } = await alone.read({ context: { ...failover, models: ['x/a'] } });
  expect(error).toMatchObject({ code: 'answer-broken', data: { deploymentId: 'x/a' } });
  expect(events).toEqual([text('Once ')]);
  const everywhere = play({
    'x/a': says(text('1'), 'break'),
    'x/b': says(text('2'), 'break'),
    'x/c': says(text('3'), 'break'),
  });
  expect((await everywhere.read()).error).toMatchObject({ code: 'answer-broken', data: { deploymentId: 'x/c' } });
});

test('[RT46] an answer that comes whole is as ever', async () => {
  const { stage, sent } = play({ 'x/a': says(text('All of it.')) });
  const world = {
    routeCall: stage.router.routeCall,
    fleet: () => ({ deployments, aliases: {} }),
    newCallId: () => 'n' as ModelCallId,
  };
  const reply = await collectReply((await routeContinued(world, stage.made({ context: failover }))).answer);
  expect(reply.parts).toEqual([{ type: 'text', text: 'All of it.' }]);
  expect(sent).toHaveLength(1);
});
