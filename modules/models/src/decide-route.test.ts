import { defaultTenant } from '@chorale/lib-ids';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cacheSaving } from './call-cost.ts';
import { classifyRequest } from './classify-call.ts';
import { decideRoute, type RouteDecision } from './decide-route.ts';
import { dataClasses, type Capability, type Deployment, type Retention } from './deployment.ts';
import type { FilterRules } from './filter-deployments.ts';
import { resolveNames, type Fleet } from './fleet.ts';
import { createHealthBook, type HealthBook } from './health-book.ts';
import type { Exclusion, Strategy } from './model-call.ts';
import { indexOutcomes, findOutcome, posteriorQuality } from './model-quality.ts';
import { ask, dollar, makeDeployment, seededRandom } from './router-stage.fixture.ts';
import type { ScoreRules } from './score-deployments.ts';
import { createSessionWarmth } from './session-warmth.ts';
import { keptAdvantage, resolveStrategy, strategyWeights, type Weights } from './strategy-weights.ts';

const now = 1_000_000;

interface Setting {
  readonly strategy?: Strategy;
  readonly weights?: Weights;
  readonly filter?: Partial<FilterRules>;
  readonly score?: Partial<ScoreRules>;
  readonly health?: HealthBook;
  readonly aliases?: Fleet['aliases'];
  readonly avoidFailing?: boolean;
  readonly seed?: number;
}

function decide(deployments: readonly Deployment[], setting: Setting = {}): RouteDecision {
  const { strategy = 'balanced', weights, filter, score, health = createHealthBook(), seed = 1 } = setting;
  const demands = filter?.demands ?? classifyRequest(ask());
  return decideRoute(
    { deployments, aliases: setting.aliases ?? {} },
    {
      filter: {
        tenantId: defaultTenant,
        asked: undefined,
        allowed: undefined,
        dataClass: 'internal',
        retention: undefined,
        region: undefined,
        demands,
        costMax: undefined,
        mustHavePrice: false,
        factsOf: () => undefined,
        health,
        now,
        ...filter,
      },
      score: {
        demands,
        weights: weights ?? strategyWeights[strategy],
        keptAdvantage: keptAdvantage[strategy],
        qualityOf: ({ quality }) => quality,
        health,
        warmth: undefined,
        now,
        ...score,
      },
      strategy,
      avoidFailing: setting.avoidFailing ?? false,
      random: seededRandom(seed),
    },
  );
}

const first = (decision: RouteDecision): string | undefined => decision.order[0]?.id;
const whyNot = (decision: RouteDecision, id: string) =>
  decision.candidates.find(({ deploymentId }) => deploymentId === id)?.excluded;

const priced = (times: number) => ({
  input: times * dollar,
  output: 4 * times * dollar,
  cachedInput: (times * dollar) / 10,
  cacheWrite: times * dollar,
});

describe('hard filters', () => {
  const a = makeDeployment('x/a');
  const cases: readonly (readonly [Exclusion, Partial<Deployment>, Partial<FilterRules>])[] = [
    ['not-asked-for', {}, { asked: new Map([['x/b', 0]]) }],
    ['not-allowed-by-key', {}, { allowed: new Map([['x/b', 0]]) }],
    ['data-class', { retention: 'keeps' }, { dataClass: 'personal' }],
    ['retention', { retention: 'keeps' }, { retention: 'none' }],
    ['region', { region: 'us' }, { region: 'eu' }],
    ['region', { region: undefined }, { region: 'eu' }],
    ['capability', { capabilities: ['tools'] }, { demands: classifyRequest(ask(), { needs: ['images'] }) }],
    [
      'capability',
      {},
      { demands: classifyRequest(ask(), { needs: ['json-schema'] }), factsOf: () => new Set(['rejects-json-schema']) },
    ],
    ['capability', { capabilities: ['embeddings'] }, {}],
    ['capability', {}, { demands: { ...classifyRequest(ask()), operation: 'embeddings' } }],
    ['context-length', { contextTokens: 5_000 }, { demands: classifyRequest(ask('x'.repeat(40_000))) }],
    ['budget', {}, { costMax: 10 }],
    ['no-price', { prices: undefined }, { costMax: dollar }],
    ['no-price', { prices: undefined }, { mustHavePrice: true }],
  ];
  for (const [why, changes, filter] of cases)
    test(`[RT3, RT5] ${why}: excluded with the reason, ${JSON.stringify(changes)}`, () => {
      const decision = decide([{ ...a, ...changes }], { filter });
      expect(decision.order).toEqual([]);
      expect(whyNot(decision, 'x/a')).toMatchObject({ why });
      expect(whyNot(decision, 'x/a')?.detail.length).toBeGreaterThan(5);
      expect(first(decide([a]))).toBe('x/a');
    });

  test('[RT3, RT5] cooling-down: excluded with what happened and how long it lasts', () => {
    const health = createHealthBook();
    const ticket = health.begin('x/a', now);
    const demands = classifyRequest(ask());
    health.failed(ticket, { kind: 'quota-exhausted', retryAfterMs: 500, at: now, tenantId: defaultTenant, demands });
    expect(whyNot(decide([a], { health }), 'x/a')).toEqual({
      why: 'cooling-down',
      detail: 'the quota of a day or month is used up; 500 ms to go',
    });
  });

  test('[RT4] what may be sent where, for every class of data and every way to keep it', () => {
    const retentions: readonly Retention[] = ['local', 'none', 'keeps', 'trains'];
    const allowed = dataClasses.map((dataClass) =>
      retentions.filter((retention) => decide([{ ...a, retention }], { filter: { dataClass } }).order.length === 1),
    );
    expect(allowed).toEqual([
      ['local', 'none', 'keeps', 'trains'],
      ['local', 'none', 'keeps'],
      ['local', 'none'],
      ['local'],
    ]);
  });

  test('[RT3] no score, weight, strategy or warmth brings back what a filter took out', () => {
    const weight = fc.double({ min: 0, max: 1_000, noNaN: true });
    const weights = fc.record({
      quality: weight,
      cost: weight,
      latency: weight,
      line: weight,
      privacy: weight,
      switching: weight,
      failing: weight,
    });
    const deployment = fc.record({
      retention: fc.constantFrom<Retention>('local', 'none', 'keeps', 'trains'),
      region: fc.constantFrom(undefined, 'eu', 'us'),
      capabilities: fc.subarray<Capability>(['tools', 'images', 'json-schema', 'streaming']),
      quality: fc.double({ min: 0, max: 1, noNaN: true }),
      contextTokens: fc.integer({ min: 1, max: 2_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(deployment, { maxLength: 8 }),
        weights,
        fc.tuple(fc.constantFrom(...dataClasses), fc.subarray<Capability>(['tools', 'images', 'json-schema'])),
        (all, weights, [dataClass, needs]) => {
          const deployments = all.map((changes, index) => makeDeployment(`x/${index}`, changes));
          const demands = classifyRequest(ask('x'.repeat(2_000)), { needs });
          const warmth = { deploymentId: 'x/0', cachedTokens: 10 ** 6, saving: 10 ** 12 };
          const decision = decide(deployments, {
            weights,
            filter: { dataClass, demands, region: 'eu' },
            score: { warmth },
          });
          expect(decision.candidates).toHaveLength(deployments.length);
          const most = { public: 3, internal: 2, personal: 1, secret: 0 }[dataClass];
          for (const chosen of decision.order) {
            expect(['local', 'none', 'keeps', 'trains'].indexOf(chosen.retention)).toBeLessThanOrEqual(most);
            expect(chosen.region).toBe('eu');
            expect(chosen.contextTokens).toBeGreaterThanOrEqual(demands.inputTokens);
            for (const need of needs) expect(chosen.capabilities).toContain(need);
          }
        },
      ),
    );
  });

  test('[RT6] a request of a kind that a deployment rejected is not sent there again for a while, by that tenant', () => {
    const health = createHealthBook();
    const demands = classifyRequest(ask('hello', { seed: 1 }));
    const ticket = health.begin('x/a', now);
    health.failed(ticket, { kind: 'unsupported', at: now, tenantId: defaultTenant, demands });
    expect(whyNot(decide([a], { health, filter: { demands } }), 'x/a')).toMatchObject({ why: 'capability' });
    expect(first(decide([a], { health }))).toBe('x/a');
    const other = 'other' as typeof defaultTenant;
    expect(first(decide([a], { health, filter: { demands, tenantId: other } }))).toBe('x/a');
    expect(first(decide([a], { health, filter: { demands, now: now + 600_000 } }))).toBe('x/a');
  });

  test('[RT6] a length that was too much for a deployment keeps longer ones away from it', () => {
    const health = createHealthBook();
    const long = classifyRequest(ask('x'.repeat(8_000)));
    const ticket = health.begin('x/a', now);
    health.failed(ticket, { kind: 'context-too-long', at: now, tenantId: defaultTenant, demands: long });
    const longer = classifyRequest(ask('x'.repeat(9_000)));
    expect(whyNot(decide([a], { health, filter: { demands: longer } }), 'x/a')).toMatchObject({
      why: 'context-length',
    });
    expect(first(decide([a], { health }))).toBe('x/a');
  });
});

describe('names', () => {
  const fleet: Fleet = {
    deployments: [makeDeployment('a/big'), makeDeployment('b/big'), makeDeployment('a/small')],
    aliases: { fast: ['small'], any: ['fast', 'b/big', 'any'], constructor: [] },
  };

  test('[RT13] a model means all its deployments, an alias what it stands for, in order; a circle ends', () => {
    const ids = (...names: readonly string[]) => [...resolveNames(fleet, names).keys()];
    expect(ids('big')).toEqual(['a/big', 'b/big']);
    expect(ids('b/big')).toEqual(['b/big']);
    expect(ids('any')).toEqual(['a/small', 'b/big']);
    expect(ids('small', 'big')).toEqual(['a/small', 'a/big', 'b/big']);
    expect(ids('nothing', 'toString')).toEqual([]);
  });
});

describe('strategies', () => {
  const good = makeDeployment('x/good', { quality: 0.9, prices: priced(10) });
  const cheap = makeDeployment('x/cheap', { quality: 0.5, prices: priced(0.2) });
  const own = makeDeployment('x/own', { quality: 0.4, prices: priced(3), retention: 'local' });
  const all = [own, good, cheap];

  test('[RT7] each prefers what it is named for', () => {
    expect(first(decide(all, { strategy: 'cost' }))).toBe('x/cheap');
    expect(first(decide(all, { strategy: 'performance' }))).toBe('x/good');
    expect(first(decide(all, { strategy: 'privacy' }))).toBe('x/own');
    const order = decide(all, { strategy: 'failover' }).order.map(({ id }) => id);
    expect(order).toEqual(['x/own', 'x/good', 'x/cheap']);
  });

  test('[RT7] failover keeps the order that the call names, then that of the configuration', () => {
    const fleet = { deployments: all, aliases: {} };
    const asked = resolveNames(fleet, ['cheap', 'x/own']);
    expect(decide(all, { strategy: 'failover', filter: { asked } }).order.map(({ id }) => id)).toEqual([
      'x/cheap',
      'x/own',
    ]);
  });

  test('[RT7] balanced pays for quality, but not any price', () => {
    const better = (times: number) => makeDeployment('x/better', { quality: 0.8, prices: priced(times) });
    const plain = makeDeployment('x/plain', { quality: 0.6, prices: priced(1) });
    expect(first(decide([plain, better(1.5)]))).toBe('x/better');
    expect(first(decide([plain, better(30)]))).toBe('x/plain');
  });

  test('[RT7] what fails is avoided by every strategy that scores', () => {
    const health = createHealthBook();
    const demands = classifyRequest(ask());
    for (let index = 0; index < 4; index++) {
      const ticket = health.begin('x/a', now);
      health.failed(ticket, { kind: 'server-error', at: now, tenantId: defaultTenant, demands });
      health.ended(ticket);
    }
    const pair = [makeDeployment('x/a'), makeDeployment('x/b')];
    for (const strategy of ['cost', 'balanced', 'performance', 'privacy'] as const)
      expect(first(decide(pair, { strategy, health }))).toBe('x/b');
    expect(first(decide(pair, { strategy: 'failover', health }))).toBe('x/a');
    expect(first(decide(pair, { strategy: 'failover', health, avoidFailing: true }))).toBe('x/b');
  });

  test('[RT12] an unknown price is taken for the dearest that is known', () => {
    const unknown = makeDeployment('x/unknown', { prices: undefined, quality: 0.5 });
    expect(first(decide([unknown, cheap, good], { strategy: 'cost' }))).toBe('x/cheap');
  });

  test('[RT11] the narrowest word counts, and single weights can be changed', () => {
    expect(resolveStrategy([])).toEqual({ strategy: 'balanced', by: undefined, weights: strategyWeights.balanced });
    const { strategy, by, weights } = resolveStrategy([
      { strategy: 'cost', by: 'tenant', weights: { quality: 9 } },
      { strategy: 'performance', by: 'goal' },
      { weights: { latency: 0.5 } },
      { by: 'call' },
    ]);
    expect({ strategy, by }).toEqual({ strategy: 'performance', by: 'goal' });
    expect(weights).toEqual({ ...strategyWeights.performance, latency: 0.5 });
  });
});

describe('quality', () => {
  test('[RT8] begins as the registry says and goes where the outcomes of tenant and class lead', () => {
    const index = indexOutcomes([{ taskClass: 'code', model: 'm', good: 90, bad: 0 }]);
    expect(posteriorQuality(0.5, findOutcome(index, 'code', 'm'))).toBeCloseTo(0.95);
    expect(posteriorQuality(0.5, findOutcome(index, 'chat', 'm'))).toBe(0.5);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(10_000), fc.nat(10_000), (prior, good, bad) => {
        const mean = posteriorQuality(prior, { good, bad });
        expect(mean).toBeGreaterThanOrEqual(0);
        expect(mean).toBeLessThanOrEqual(1);
        expect(posteriorQuality(prior, { good: good + 1, bad })).toBeGreaterThanOrEqual(mean);
        expect(posteriorQuality(prior, { good, bad: bad + 1 })).toBeLessThanOrEqual(mean);
      }),
    );
  });
});

describe('a warm prompt cache', () => {
  const here = makeDeployment('x/here', { prices: priced(1) });
  const there = makeDeployment('y/there', { prices: priced(0.9) });
  const usage = {
    inputTokens: 20_000,
    outputTokens: 10,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  };
  const demands = classifyRequest(ask('x'.repeat(80_000)));

  test('[RT9] keeps a session where it is unless leaving saves more, and for ten minutes', () => {
    const sessions = createSessionWarmth(cacheSaving);
    sessions.note(defaultTenant, 's', { deployment: here, usage, at: now });
    const warmth = sessions.find(defaultTenant, 's', now + 599_999);
    expect(warmth).toMatchObject({ deploymentId: 'x/here', cachedTokens: 20_000, saving: 0.018 * dollar });
    const decision = decide([there, here], { strategy: 'cost', filter: { demands }, score: { demands, warmth } });
    expect(first(decision)).toBe('x/here');
    const left = decision.candidates.find(({ deploymentId }) => deploymentId === 'y/there');
    expect(left?.score?.switching).toBe(0.018 * dollar);
    expect(first(decide([there, here], { strategy: 'cost', filter: { demands }, score: { demands } }))).toBe('y/there');
    const free = { ...there, prices: priced(0.001) };
    expect(first(decide([free, here], { strategy: 'cost', score: { demands, warmth }, filter: { demands } }))).toBe(
      'y/there',
    );
    expect(sessions.find(defaultTenant, 's', now + 600_000)).toBeUndefined();
    expect(sessions.find(defaultTenant, undefined, now)).toBeUndefined();
    expect(sessions.find('other' as typeof defaultTenant, 's', now)).toBeUndefined();
  });

  test('[RT9] is not assumed for short prompts or for providers without one', () => {
    const sessions = createSessionWarmth(cacheSaving);
    sessions.note(defaultTenant, 's', { deployment: here, usage: { ...usage, inputTokens: 500 }, at: now });
    expect(sessions.find(defaultTenant, 's', now)).toBeUndefined();
    sessions.note(defaultTenant, 's', { deployment: { ...here, capabilities: [] }, usage, at: now });
    expect(sessions.find(defaultTenant, 's', now)).toBeUndefined();
  });
});

describe('deployments of one model', () => {
  test('[RT10] the less loaded of two is taken, so that one that is slow or busy gets little', () => {
    const health = createHealthBook();
    const pool = ['a/m', 'b/m', 'c/m', 'd/m'].map((id) => makeDeployment(id));
    const slow = health.begin('d/m', now - 9_000);
    health.answered(slow, now);
    for (let index = 0; index < 6; index++) health.begin('c/m', now);
    const taken: Record<string, number> = {};
    for (let seed = 1; seed <= 600; seed++) {
      const id = first(decide(pool, { health, seed: seed * 7_919 })) ?? '';
      taken[id] = (taken[id] ?? 0) + 1;
    }
    expect(taken['a/m']).toBeGreaterThan(150);
    expect(taken['b/m']).toBeGreaterThan(150);
    expect((taken['c/m'] ?? 0) + (taken['d/m'] ?? 0)).toBeLessThan(150);
  });

  test('[RT10] a dearer one of the same model is not its like', () => {
    const pool = [makeDeployment('a/m'), makeDeployment('b/m', { prices: priced(5) })];
    for (let seed = 1; seed < 50; seed++) expect(first(decide(pool, { strategy: 'cost', seed }))).toBe('a/m');
  });
});
