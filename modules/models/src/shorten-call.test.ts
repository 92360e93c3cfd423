import { expect, test } from 'vitest';
import { collectReply } from './collect-reply.ts';
import type { ChatRequest, Message } from './conversation.ts';
import type { ModelCallId } from './model-call.ts';
import { makeDeployment, makeReply, makeStage, type Behaviour } from './router-stage.fixture.ts';
import { routeShortened } from './shorten-call.ts';
import { UpstreamFailure } from './upstream.ts';

const say = (role: 'user' | 'assistant', text: string): Message =>
  ({ role, parts: [{ type: 'text', text }] }) as unknown as Message;
const longAgo = 'the bridge is 1,200 m long. '.repeat(200);
const messages = [say('user', longAgo), say('assistant', 'Noted. '.repeat(300)), say('user', 'And the tower?')];
const wordsOf = (request: ChatRequest): string => JSON.stringify(request.messages);

async function ask(contextTokens: number, summary: string | Error) {
  const deployments = [
    makeDeployment('x/small', { contextTokens: Math.min(contextTokens, 500) }),
    makeDeployment('x/large', { contextTokens }),
  ];
  const sent: ChatRequest[] = [];
  const behave: Behaviour = (call) => {
    if (call.body.form !== 'chat') throw new Error('not in our own terms');
    const { request } = call.body;
    sent.push(request);
    const asksSummary = wordsOf(request).includes('Summarise this part');
    if (asksSummary && summary instanceof Error) throw summary;
    const text = asksSummary ? String(summary) : 'It is tall.';
    const reply = { ...makeReply(call.deployment), parts: [{ type: 'text' as const, text }] };
    return {
      form: 'chat',
      events: (async function* () {
        yield { type: 'end' as const, reply };
      })(),
    };
  };
  const stage = makeStage({ deployments, behave: { 'x/small': behave, 'x/large': behave } });
  let ids = 0;
  const world = {
    routeCall: stage.router.routeCall,
    fleet: () => ({ deployments, aliases: {} }),
    newCallId: () => `next_${++ids}` as ModelCallId,
  };
  const routed = await routeShortened(world, stage.made({ body: { form: 'chat', request: { messages } } }));
  const { parts } = await collectReply(routed.answer);
  await stage.router.drain();
  return { sent, parts, routed };
}

test('[RT47] a conversation too long for every model is summarised by one of them, and then answered', async () => {
  const { sent, parts, routed } = await ask(1_500, 'The bridge has 1,200 m.');
  expect(parts).toEqual([{ type: 'text', text: 'It is tall.' }]);
  expect(routed.deployment?.id).toBe('x/large');
  expect(sent).toHaveLength(2);
  expect(wordsOf(sent[1]!)).toContain('in short:]\\nThe bridge has 1,200 m.');
  expect(wordsOf(sent[1]!)).toContain('And the tower?');
  expect(wordsOf(sent[1]!)).not.toContain('m long');
});

test('[RT47] what nobody summarises is said to be missing, and what fits somewhere is sent as it is', async () => {
  const broken = await ask(1_500, new UpstreamFailure('content-policy', 'no'));
  expect(wordsOf(broken.sent.at(-1)!)).toContain('earlier messages were left out for want of room.');
  const fits = await ask(50_000, 'never asked for');
  expect(fits.sent.map(wordsOf)).toEqual([JSON.stringify(messages)]);
});

test('[RT47] what must stay and does not fit is refused', async () => {
  await expect(ask(70, 'x')).rejects.toMatchObject({ code: 'context-too-long' });
});
