import { describe, expect, test } from 'vitest';
import {
  answers,
  answersAfter,
  ask,
  fails,
  hangs,
  makeDeployment,
  makeStage,
  neverCancelled,
  settled,
  type Behaviour,
} from './router-stage.fixture.ts';
import { followSignal } from './cancel-source.ts';
import type { ChatEvent } from './conversation.ts';
import { UpstreamFailure } from './upstream.ts';

const failover = { context: { strategy: 'failover' } } as const;
const [a, b] = [makeDeployment('x/a'), makeDeployment('x/b')];

/** Some text, and then a failure. */
const breaksOff =
  (kind: UpstreamFailure['kind']): Behaviour =>
  () => ({
    form: 'chat',
    events: (async function* (): AsyncGenerator<ChatEvent> {
      yield { type: 'text', delta: 'half of it' };
      throw new UpstreamFailure(kind, 'it broke');
    })(),
  });

describe('before the first byte', () => {
  test('[RT20] a call goes on to the next deployment, and the record tells of both', async () => {
    const stage = makeStage({ deployments: [a, b], behave: { 'x/a': fails('server-error') } });
    expect(await stage.call(failover)).toBe('x/b');
    expect(await stage.record()).toMatchObject({
      deploymentId: 'x/b',
      strategy: 'failover',
      tries: [{ deploymentId: 'x/a', failure: { kind: 'server-error' } }, { deploymentId: 'x/b' }],
      failure: undefined,
    });
  });

  test('[RT26] the request being wrong ends the call at once, as does the content', async () => {
    for (const [kind, code] of [
      ['invalid-request', 'invalid-request'],
      ['content-policy', 'content-refused'],
    ] as const) {
      const stage = makeStage({ deployments: [a, b], behave: { 'x/a': fails(kind) } });
      await expect(stage.call(failover)).rejects.toMatchObject({ family: 'refused', code });
      expect(stage.sent).toEqual(['x/a']);
      expect(await stage.record()).toMatchObject({ failure: { code }, deploymentId: undefined, cost: 0 });
    }
  });

  test('[RT20] what a model cannot do is not asked of its other deployments', async () => {
    const same = [makeDeployment('p/m'), makeDeployment('q/m'), makeDeployment('r/other')];
    for (const kind of ['context-too-long', 'unsupported'] as const) {
      const stage = makeStage({ deployments: same, behave: { 'p/m': fails(kind) } });
      expect(await stage.call(failover)).toBe('r/other');
      expect(stage.sent).toEqual(['p/m', 'r/other']);
    }
  });

  test('[RT6] a feature that the provider names as unsupported is learned for everybody', async () => {
    const rejects = fails('unsupported', { message: 'response_format json_schema is not supported' });
    const stage = makeStage({ deployments: [a, b], behave: { 'x/a': rejects } });
    const request = ask('hello', { output: { name: 'o', schema: { type: 'object' } } });
    expect(await stage.call({ ...failover, body: { form: 'chat', request } })).toBe('x/b');
    await stage.router.drain();
    expect(await stage.spend.listFacts()).toMatchObject([{ deploymentId: 'x/a', fact: 'rejects-json-schema' }]);
    const hot = { form: 'chat', request: { ...request, temperature: 1 } } as const;
    expect(await stage.call({ context: { ...failover.context, tenantId: 'other' as never }, body: hot })).toBe('x/b');
    expect(stage.sent).toEqual(['x/a', 'x/b', 'x/b']);
    stage.behave.set('x/a', answers);
    expect(await stage.call(failover)).toBe('x/a');
  });

  test('[RT24] the only one there is gets a second try within the retry budget, and no third', async () => {
    const once = makeStage({
      deployments: [a],
      behave: { 'x/a': (call, signal, nth) => (nth === 1 ? fails('connection') : answers)(call, signal, nth) },
    });
    expect(await once.call()).toBe('x/a');
    const never = makeStage({ deployments: [a], behave: { 'x/a': fails('connection') } });
    await expect(never.call()).rejects.toMatchObject({ family: 'temporary', code: 'deployments-failed' });
    expect(never.sent).toHaveLength(2);
  });

  test('[RT5] nothing to try says why for each, and when to come again', async () => {
    const none = makeStage({ deployments: [] });
    await expect(none.call()).rejects.toMatchObject({ code: 'no-model-configured', family: 'refused' });
    const stage = makeStage({ deployments: [a], behave: { 'x/a': fails('rate-limited', { retryAfterMs: 700 }) } });
    await expect(stage.call({ context: { dataClass: 'secret' } })).rejects.toMatchObject({
      code: 'no-deployment',
      family: 'refused',
      data: { excluded: [{ deploymentId: 'x/a', why: 'data-class' }] },
    });
    expect(await stage.record()).toMatchObject({ failure: { code: 'no-deployment' }, tries: [] });
    await expect(stage.call()).rejects.toMatchObject({ code: 'deployments-failed', retryAfterMs: 700 });
    await expect(stage.call()).rejects.toMatchObject({ code: 'deployments-cooling', retryAfterMs: 700 });
    expect(stage.sent).toHaveLength(1);
  });

  test('[RT23] half-open: of many calls at once one is the probe, and the others go elsewhere', async () => {
    const stage = makeStage({ deployments: [a, b], behave: { 'x/a': fails('overloaded') } });
    await stage.call(failover);
    await stage.clock.pass(2_000);
    stage.behave.set('x/a', answersAfter(stage.clock, 50));
    const all = Promise.all(Array.from({ length: 20 }, () => stage.call(failover)));
    await settled();
    await stage.clock.pass(50);
    expect((await all).filter((id) => id === 'x/a')).toHaveLength(1);
    stage.behave.set('x/a', answers);
    expect(await stage.call(failover)).toBe('x/a');
  });
});

describe('hedging', () => {
  test('[RT28] a slow first is overtaken, cut off, charged for what it was sent and known as slow', async () => {
    const stage = makeStage({ deployments: [a, b], behave: { 'x/a': hangs } });
    const call = stage.call({ ...failover, hedgeAfterMs: 500 });
    await settled();
    expect(stage.sent).toEqual(['x/a']);
    await stage.clock.pass(500);
    expect(await call).toBe('x/b');
    const record = await stage.record();
    expect(record.tries).toMatchObject([
      { deploymentId: 'x/a', failure: { kind: 'cancelled' } },
      { deploymentId: 'x/b' },
    ]);
    expect(record.assumed).toBe(true);
    expect(record.cost).toBeGreaterThan(140_000);
    expect(stage.router.listStatus().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    expect(stage.router.listStatus()[0]?.firstByteMs).toBeGreaterThanOrEqual(500);
  });

  test('[RT28] a first that answers in time has no second, and one that fails goes on as ever', async () => {
    const stage = makeStage({ deployments: [a, b] });
    expect(await stage.call({ ...failover, hedgeAfterMs: 500 })).toBe('x/a');
    stage.behave.set('x/a', fails('server-error'));
    expect(await stage.call({ ...failover, hedgeAfterMs: 500 })).toBe('x/b');
    expect(stage.sent).toEqual(['x/a', 'x/a', 'x/b']);
    await stage.router.drain();
    expect(stage.clock.waiting).toBe(0);
  });

  test('[RT28] a third is asked when the second is silent too, wherever the silence begins', async () => {
    const behave = { 'x/a': fails('server-error'), 'x/b': hangs, 'x/c': hangs };
    const d = makeDeployment('x/d');
    const stage = makeStage({ deployments: [a, b, makeDeployment('x/c'), d], behave });
    const call = stage.call({ ...failover, hedgeAfterMs: 500 });
    await settled();
    expect(stage.sent).toEqual(['x/a', 'x/b']);
    await stage.clock.pass(500);
    await stage.clock.pass(500);
    expect(await call).toBe('x/d');
    expect(stage.sent).toEqual(['x/a', 'x/b', 'x/c', 'x/d']);
    expect(stage.router.listStatus().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0, 0]);
    await stage.router.drain();
    expect(stage.clock.waiting).toBe(0);
  });

  test('[RT28] when the second fails, the first is waited for', async () => {
    const stage = makeStage({ deployments: [a, b], behave: { 'x/b': fails('server-error') } });
    stage.behave.set('x/a', answersAfter(stage.clock, 900));
    const call = stage.call({ ...failover, hedgeAfterMs: 500 });
    await settled();
    await stage.clock.pass(900);
    expect(await call).toBe('x/a');
  });
});

describe('silence', () => {
  test('[RT29] a deployment has the patience that is configured for it, then for all, then its kind’s', async () => {
    const given: (readonly [number, number])[] = [];
    const fleet = [
      makeDeployment('x/hosted', { capabilities: [], retention: 'keeps', outputTokensMax: 1_000 }),
      makeDeployment('x/thinks', { capabilities: ['reasoning'], retention: 'keeps' }),
      makeDeployment('x/local', { kind: 'ollama', retention: 'local' }),
      makeDeployment('x/own', { patience: { firstByteMs: 5 } }),
    ];
    const note: Behaviour = (call, signal, nth) => {
      given.push([call.firstByteMsMax, call.silenceMsMax]);
      return answers(call, signal, nth);
    };
    const behave = Object.fromEntries(fleet.map(({ id }) => [id, note]));
    const stage = makeStage({ deployments: fleet, behave });
    for (const { id } of fleet) await stage.call({ context: { models: [id] }, stream: true });
    await stage.call({ context: { models: ['x/hosted'] } });
    const general = makeStage({ deployments: fleet, behave, settings: { patience: { firstByteMs: 7, silenceMs: 8 } } });
    for (const id of ['x/hosted', 'x/own']) await general.call({ context: { models: [id] }, stream: true });
    expect(given).toEqual([
      [20_000, 30_000],
      [60_000, 60_000],
      [120_000, 60_000],
      [5, 30_000],
      [20_000 + 1_000 * 50, 30_000],
      [7, 8],
      [5, 8],
    ]);
  });
});

describe('after the first byte', () => {
  test('[RT25] nothing answers in its place: a typed error, the record, the health', async () => {
    const stage = makeStage({ deployments: [a, b], behave: { 'x/a': breaksOff('connection') } });
    const routed = await stage.router.routeCall(stage.made(failover));
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      if (routed.answer.form === 'chat') for await (const event of routed.answer.events) seen.push(event.type);
    };
    await expect(read()).rejects.toMatchObject({
      family: 'temporary',
      code: 'answer-broken',
      data: { kind: 'connection' },
    });
    expect(seen).toEqual(['text']);
    expect(stage.sent).toEqual(['x/a']);
    const record = await routed.finished;
    expect(record).toMatchObject({ deploymentId: 'x/a', assumed: true, failure: { code: 'answer-broken' } });
    expect(record?.cost).toBeGreaterThan(0);
    expect(stage.router.listStatus()[0]).toMatchObject({ inFlight: 0, failing: expect.any(Number) as number });
    expect(stage.router.listStatus()[0]?.failing).toBeGreaterThan(0);
  });

  test('[RT25] an answer that ends without its last event is broken too', async () => {
    const endless: Behaviour = () => ({
      form: 'chat',
      events: (async function* (): AsyncGenerator<ChatEvent> {
        yield { type: 'text', delta: 'and' };
      })(),
    });
    const stage = makeStage({ deployments: [a], behave: { 'x/a': endless } });
    await expect(stage.call()).rejects.toMatchObject({ code: 'answer-broken', data: { kind: 'malformed' } });
  });

  test('[RT25] what an upstream throws besides failures is reported and counts as unreadable', async () => {
    const stage = makeStage({
      deployments: [a, b],
      behave: {
        'x/a': () => {
          throw new TypeError('a bug');
        },
      },
    });
    expect(await stage.call(failover)).toBe('x/b');
    expect(stage.problems).toMatchObject([{ what: 'upstream-broken', deploymentId: 'x/a' }]);
  });
});

describe('an end from outside', () => {
  test('[RT27] a deadline cuts the running try off, and no other begins', async () => {
    const stage = makeStage({ deployments: [a, b], behave: { 'x/a': hangs } });
    const call = stage.call({ context: { strategy: 'failover', deadlineAt: stage.clock.now() + 1_000 } });
    call.catch(() => undefined);
    await settled();
    await stage.clock.pass(1_000);
    await expect(call).rejects.toMatchObject({ family: 'refused', code: 'deadline-passed' });
    expect(stage.sent).toEqual(['x/a']);
    expect(stage.clock.waiting).toBe(0);
  });

  test('[RT27] a caller who goes away before the first byte ends the call, which may have cost its input', async () => {
    const stage = makeStage({ deployments: [a, b], behave: { 'x/a': hangs } });
    const source = followSignal(neverCancelled);
    const call = stage.call({ ...failover, signal: source.signal });
    call.catch(() => undefined);
    await settled();
    source.cancel();
    await expect(call).rejects.toMatchObject({ code: 'call-cancelled' });
    expect(await stage.record()).toMatchObject({ assumed: true, usage: undefined, deploymentId: undefined });
    expect((await stage.record()).cost).toBeGreaterThan(0);
    expect(stage.router.listStatus()[0]).toMatchObject({ inFlight: 0, failing: 0 });
  });

  test('[RT27, RT32] a reader who stops reading, or never begins, is charged for what was sent', async () => {
    const stage = makeStage({ deployments: [a] });
    const stops = await stage.router.routeCall(stage.made());
    if (stops.answer.form === 'chat') for await (const _event of stops.answer.events) break;
    expect(await stops.finished).toMatchObject({ assumed: true, failure: { code: 'call-cancelled' } });
    const idle = await stage.router.routeCall(stage.made());
    await stage.clock.pass(600_000);
    const record = await idle.finished;
    expect(record).toMatchObject({ assumed: true, failure: { code: 'deadline-passed' } });
    expect(record?.cost).toBeGreaterThan(0);
    expect(stage.router.listStatus()[0]?.inFlight).toBe(0);
  });
});
