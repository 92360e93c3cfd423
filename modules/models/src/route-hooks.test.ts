import { refused } from '@chorale/lib-errors';
import { describe, expect, test } from 'vitest';
import { createBoundedMap } from './bounded-map.ts';
import { collectReply } from './collect-reply.ts';
import { explainCall } from './explain-call.ts';
import { packFeatures } from './pack-features.ts';
import { promptFeatures } from './prompt-features.ts';
import {
  answers,
  ask,
  eventsOf,
  fails,
  makeDeployment,
  makeReply,
  makeStage,
  settled,
  type Behaviour,
} from './router-stage.fixture.ts';

const failover = { context: { strategy: 'failover' } } as const;
const [a, b, c] = [makeDeployment('x/a'), makeDeployment('x/b'), makeDeployment('x/c')];

describe('two forms of a body', () => {
  const bytes = new TextEncoder().encode('data: 1\n\n');
  const meters: Behaviour = ({ deployment, body }) => ({
    form: 'bytes',
    status: 200,
    contentType: 'text/event-stream',
    bytes: (async function* () {
      if (body.form === 'bytes') yield body.bytes;
    })(),
    metered: () => ({ usage: makeReply(deployment).usage, finish: 'stop' }),
  });

  test('[RT43] bytes go to those that can take them, with the name of the model that each knows', async () => {
    const other = makeDeployment('x/o', { wire: 'anthropic-messages' });
    const stage = makeStage({ deployments: [other, a], behave: { 'x/a': meters } });
    const routed = await stage.router.routeCall(
      stage.made({
        ...failover,
        body: {
          form: 'made',
          demands: {
            operation: 'chat',
            taskClass: 'chat',
            needs: [],
            inputTokens: 5,
            inputTokensMost: 10,
            outputTokens: 5,
            outputTokensMax: 20,
            shape: '',
          },
          masked: 3,
          bodyFor: ({ wire }) =>
            wire === 'openai-chat'
              ? { form: 'bytes', wire, path: '/chat/completions', contentType: 'application/json', bytes }
              : undefined,
        },
      }),
    );
    const chunks: Uint8Array[] = [];
    if (routed.answer.form === 'bytes') for await (const chunk of routed.answer.bytes) chunks.push(chunk);
    expect(chunks).toEqual([bytes]);
    const record = await routed.finished;
    expect(record).toMatchObject({ cost: 140_000, assumed: false, masked: 3, deploymentId: 'x/a' });
    expect(record?.candidates.find(({ deploymentId }) => deploymentId === 'x/o')?.excluded?.why).toBe('capability');
  });

  test('[RT43] our own terms are fitted to each deployment before they are sent', async () => {
    const small = makeDeployment('x/small', { outputTokensMax: 100 });
    const lengths: (number | undefined)[] = [];
    const stage = makeStage({
      deployments: [small],
      behave: {
        'x/small': (call, signal, nth) => {
          if (call.body.form === 'chat') lengths.push(call.body.request.outputTokensMax);
          return answers(call, signal, nth);
        },
      },
    });
    await stage.call({ body: { form: 'chat', request: ask('hello', { outputTokensMax: 4_000 }) } });
    await stage.call({ body: { form: 'chat', request: ask('hello', { outputTokensMax: 40 }) } });
    expect(lengths).toEqual([100, 40]);
  });
});

describe('the hooks', () => {
  test('[RT40] a repeated call whose reply was kept is neither sent nor paid again', async () => {
    const kept = new Map<string, ReturnType<typeof makeReply>>();
    const replies = {
      find: async (_tenantId: string, callId: string) => kept.get(callId),
      keep: async (_tenantId: string, callId: string, reply: ReturnType<typeof makeReply>) =>
        void kept.set(callId, reply),
    };
    const stage = makeStage({ deployments: [a], ports: { replies } });
    const call = stage.made({ keepReply: true });
    const first = await stage.router.routeCall(call);
    await expect(stage.router.routeCall(call)).rejects.toMatchObject({ family: 'temporary', code: 'call-running' });
    const reply = await collectReply(first.answer);
    await stage.router.drain();
    const again = await stage.router.routeCall(call);
    expect(again).toMatchObject({ source: 'kept', deployment: undefined });
    expect(await collectReply(again.answer)).toEqual(reply);
    expect(await again.finished).toMatchObject({ callId: call.context.callId, cost: 140_000 });
    expect(stage.sent).toEqual(['x/a']);
    expect(stage.commands.filter(({ command }) => command === 'reserve')).toHaveLength(1);
  });

  test('[RT40] between the end of a call and the keeping of its reply it is still under way', async () => {
    let keptNow: () => void = () => undefined;
    const replies = {
      find: async () => undefined,
      keep: () => new Promise<void>((resolve) => void (keptNow = resolve)),
    };
    const stage = makeStage({ deployments: [a], ports: { replies } });
    const call = stage.made({ keepReply: true });
    const routed = await stage.router.routeCall(call);
    const reading = collectReply(routed.answer);
    await routed.finished;
    await settled();
    await expect(stage.router.routeCall(call)).rejects.toMatchObject({ code: 'call-running' });
    expect(stage.sent).toHaveLength(1);
    keptNow();
    await reading;
    expect((await stage.router.routeCall(call)).source).toBe('upstream');
  });

  test('[RT41] an answer from the cache costs nothing, asks nobody and is recorded; a cache that fails is passed by', async () => {
    const stored: ReturnType<typeof makeReply>[] = [];
    const cache = {
      find: () => stored[0],
      keep: (_asked: unknown, reply: ReturnType<typeof makeReply>) => void stored.push(reply),
    };
    const stage = makeStage({ deployments: [a], ports: { cache } });
    expect(await stage.call()).toBe('x/a');
    expect(await stage.call()).toBe('x/a');
    expect(stage.sent).toHaveLength(1);
    expect(await stage.record()).toMatchObject({ cache: 'exact', cost: 0, tries: [] });
    const broken = makeStage({
      deployments: [a],
      ports: {
        cache: { find: () => Promise.reject(new Error('gone')), keep: () => Promise.reject(new Error('gone')) },
      },
    });
    expect(await broken.call()).toBe('x/a');
    await broken.router.drain();
    expect(broken.problems.map(({ what }) => what)).toEqual(['cache-failed', 'cache-failed']);
  });

  test('[RT42] privacy decides what is sent and how sensitive it is, and when it fails nothing is sent', async () => {
    const own = makeDeployment('x/own', { retention: 'local' });
    const told: string[] = [];
    const hears: Behaviour = ({ deployment, body }) => {
      if (body.form === 'chat') told.push(JSON.stringify(body.request.messages));
      return { form: 'chat', events: eventsOf(deployment) };
    };
    const stage = makeStage({
      deployments: [a, own],
      behave: { 'x/own': hears },
      ports: {
        privacy: {
          shield: () => ({
            dataClass: 'secret',
            isClean: false,
            requestFor: () => ({ request: ask('[name-1]'), masked: 1 }),
            restore: async function* (events) {
              for await (const event of events) yield event.type === 'text' ? { ...event, delta: 'restored' } : event;
            },
          }),
        },
      },
    });
    const routed = await stage.router.routeCall(stage.made({ body: { form: 'chat', request: ask('Ada') } }));
    const deltas: string[] = [];
    if (routed.answer.form === 'chat')
      for await (const event of routed.answer.events) if (event.type === 'text') deltas.push(event.delta);
    expect(deltas).toEqual(['restored']);
    expect(told.join()).toContain('[name-1]');
    expect(told.join()).not.toContain('Ada');
    expect(await routed.finished).toMatchObject({ dataClass: 'secret', masked: 1, deploymentId: 'x/own' });

    const shut = makeStage({
      deployments: [a],
      ports: { privacy: { shield: () => Promise.reject(refused('privacy-failed', 'a detector failed')) } },
    });
    await expect(shut.call()).rejects.toMatchObject({ code: 'privacy-failed' });
    expect(shut.sent).toEqual([]);
  });

  test('[RT8] what was learned for words like these comes before the counts', async () => {
    const pair = [makeDeployment('x/a', { quality: 0.9 }), makeDeployment('x/b', { quality: 0.1 })];
    const predictQuality = () => ({
      qualityOf: (model: string) => (model === 'b' ? 0.99 : 0.2),
      lineBetween: () => undefined,
    });
    const stage = makeStage({ deployments: pair, ports: { predictQuality } });
    expect(await stage.call({ context: { strategy: 'performance' } })).toBe('x/b');
    const record = await stage.record();
    expect(record.candidates[0]?.score).toMatchObject({ quality: 0.99, learned: true });
    expect(explainCall(record)[0]).toContain('quality 0.99 as learned');
  });

  test('[LR9] what can be learned from is kept of calls that had a choice, and of nothing sensitive', async () => {
    const pair = [makeDeployment('x/a', { retention: 'local' }), makeDeployment('x/b', { retention: 'local' })];
    const kept = async (context: Parameters<ReturnType<typeof makeStage>['call']>[0]) => {
      const stage = makeStage({ deployments: pair, ports: { predictQuality: () => undefined } });
      await stage.call(context);
      return (await stage.record()).features;
    };
    expect(await kept({})).toBe(packFeatures(promptFeatures('hello')));
    expect(await kept({ context: { models: ['a'] } })).toBeUndefined();
    expect(await kept({ context: { dataClass: 'personal' } })).toBeUndefined();
    const off = makeStage({ deployments: pair });
    await off.call();
    expect((await off.record()).features).toBeUndefined();
  });
});

describe('what is kept in memory', () => {
  test('[RT45] is bounded, and nothing is left of calls that have ended', async () => {
    const stage = makeStage({ deployments: [a, b, c], behave: { 'x/a': fails('server-error') } });
    for (let index = 0; index < 50; index++) await stage.call(failover).catch(() => undefined);
    await stage.router.drain();
    expect(stage.clock.waiting).toBe(0);
    expect(stage.router.listStatus().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
    const bounded = createBoundedMap<number>(3);
    for (let index = 0; index < 10; index++) {
      bounded.set(String(index), index);
      bounded.find('0');
    }
    expect([bounded.size, bounded.find('0'), bounded.find('9'), bounded.find('5')]).toEqual([3, 0, 9, undefined]);
  });
});
