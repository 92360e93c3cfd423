import { describe, expect, test } from 'vitest';
import { failureRules, type FailureKind } from './failure.ts';
import { strategies, type Strategy } from './model-call.ts';
import {
  answers,
  dollar,
  fails,
  makeDeployment,
  makeStage,
  type Behaviour,
  type Stage,
} from './router-stage.fixture.ts';

const calls = 1_000;
const everyMs = 100;
const amplificationMax = 1.1;

const kinds = (Object.keys(failureRules) as FailureKind[]).filter((kind) => failureRules[kind].next !== 'fatal');

/** The healthy one is last in the configuration, the worst and the dearest: nothing but its health speaks for it. */
function brokenFleet(behaviour: Behaviour, models: 'one' | 'many' = 'many'): Stage {
  const dear = { input: 20 * dollar, output: 80 * dollar, cachedInput: 20 * dollar, cacheWrite: 20 * dollar };
  const healthy = makeDeployment('z/healthy', { quality: 0.4, prices: dear, retention: 'trains' });
  const broken = ['a', 'b', 'c', 'd'].map((name) => makeDeployment(`${name}/${models === 'one' ? 'm' : name}`));
  return makeStage({
    deployments: [...broken, healthy],
    behave: Object.fromEntries(broken.map(({ id }) => [id, behaviour])),
  });
}

async function run(stage: Stage, strategy: Strategy): Promise<{ answered: number; tries: number }> {
  let answered = 0;
  for (let index = 0; index < calls; index++) {
    const who = await stage.call({ context: { strategy, dataClass: 'public' } });
    if (who === 'z/healthy') answered++;
    await stage.clock.pass(everyMs);
  }
  return { answered, tries: stage.sent.length };
}

describe('every fault before the first byte, at all deployments but one', () => {
  for (const kind of kinds)
    for (const strategy of ['balanced', 'failover'] as const)
      test(`[RT20, RT21] ${kind} under ${strategy}: every call is answered with at most a tenth more tries`, async () => {
        const { answered, tries } = await run(brokenFleet(fails(kind)), strategy);
        expect(answered).toBe(calls);
        expect(tries / calls).toBeLessThanOrEqual(amplificationMax);
      });

  test('[RT20, RT21] a mix of all of them, under each strategy', async () => {
    for (const strategy of strategies) {
      let turn = 0;
      const mix: Behaviour = (call, signal, nth) => fails(kinds[turn++ % kinds.length]!)(call, signal, nth);
      const { answered, tries } = await run(brokenFleet(mix), strategy);
      expect(answered).toBe(calls);
      expect(tries / calls).toBeLessThanOrEqual(amplificationMax);
    }
  });

  test('[RT20, RT21] deployments that fail every other time, which no breaker sees', async () => {
    for (const strategy of strategies) {
      const flaps: Behaviour = (call, signal, nth) =>
        (nth % 2 === 1 ? fails('server-error') : answers)(call, signal, nth);
      const stage = brokenFleet(flaps);
      for (let index = 0; index < calls; index++) {
        await stage.call({ context: { strategy, dataClass: 'public' } });
        await stage.clock.pass(everyMs);
      }
      expect(stage.sent.length / calls).toBeLessThanOrEqual(amplificationMax);
    }
  });

  test('[RT21] when all fail, calls fail fast and hardly anything is sent', async () => {
    const stage = brokenFleet(fails('server-error'));
    stage.behave.set('z/healthy', fails('server-error'));
    for (let index = 0; index < calls; index++) {
      await expect(stage.call({ context: { dataClass: 'public' } })).rejects.toMatchObject({ family: 'temporary' });
      await stage.clock.pass(10);
    }
    expect(stage.sent.length).toBeLessThanOrEqual(50);
  });

  test('[RT20] many at once: all are answered by the one that works', async () => {
    for (const kind of kinds) {
      const stage = brokenFleet(fails(kind));
      const who = await Promise.all(
        Array.from({ length: 64 }, () => stage.call({ context: { strategy: 'failover', dataClass: 'public' } })),
      );
      expect(new Set(who)).toEqual(new Set(['z/healthy']));
    }
  });
});

describe('a quota that is used up', () => {
  for (const kind of ['quota-exhausted', 'credit-exhausted', 'rate-limited'] as const)
    test(`[RT22] ${kind}: at most one more request before the time that the provider named`, async () => {
      const resetMs = 3 * 3_600_000;
      const stage = makeStage({ deployments: [makeDeployment('a/a'), makeDeployment('z/z')] });
      const resetAt = stage.clock.now() + resetMs;
      stage.behave.set('a/a', (call, signal, nth) => {
        const left = resetAt - stage.clock.now();
        return left > 0 ? fails(kind, { retryAfterMs: left })(call, signal, nth) : answers(call, signal, nth);
      });
      for (let index = 0; index < 200; index++) {
        await stage.call({ context: { strategy: 'failover' } });
        await stage.clock.pass(resetMs / 205);
      }
      expect(stage.sent.filter((id) => id === 'a/a').length).toBeLessThanOrEqual(2);
      await stage.clock.pass(resetMs);
      expect(await stage.call({ context: { strategy: 'failover' } })).toBe('a/a');
    });

  test('[RT22] without a named time: asked again after an hour, then after two, then after four', async () => {
    const stage = makeStage({
      deployments: [makeDeployment('a/a'), makeDeployment('z/z')],
      behave: { 'a/a': fails('quota-exhausted') },
    });
    const asked: number[] = [];
    const start = stage.clock.now();
    for (let minute = 0; minute < 8 * 60; minute++) {
      const before = stage.sent.filter((id) => id === 'a/a').length;
      await stage.call({ context: { strategy: 'failover' } });
      if (stage.sent.filter((id) => id === 'a/a').length > before) asked.push((stage.clock.now() - start) / 60_000);
      await stage.clock.pass(60_000);
    }
    expect(asked).toEqual([0, 60, 180, 420]);
  });
});
