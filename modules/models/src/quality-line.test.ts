import { defaultTenant } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import { classifyRequest } from './classify-call.ts';
import { decideRoute, type RouteDecision } from './decide-route.ts';
import { explainCall } from './explain-call.ts';
import { createHealthBook } from './health-book.ts';
import { createQualityPredictor } from './learned-quality.ts';
import { packQuality, unpackQuality } from './pack-quality.ts';
import { promptFeatures } from './prompt-features.ts';
import { drawQualityLine, pointToKeep, type ValidatedOutcome } from './quality-line.ts';
import type { LearnedView } from './router-ports.ts';
import { ask, makeDeployment, makeStage, seededRandom } from './router-stage.fixture.ts';
import { keptAdvantage, strategyWeights } from './strategy-weights.ts';
import { trainQuality, type LabelledOutcome } from './train-quality.ts';

const models = { weak: 'small', strong: 'large' };

/** Above a gain of a half only the strong one is right, below both are; each outcome is of one of them. */
function validate(count: number, more: Partial<ValidatedOutcome> = {}): readonly ValidatedOutcome[] {
  return Array.from({ length: count }, (_, at) => {
    const gain = ((at * 7919) % count) / count;
    const isStrong = at % 2 === 0;
    return { gain, isStrong, good: isStrong || gain < 0.5, ...more };
  });
}

describe('the line between two models', () => {
  test('[LR7] it lies where the advantage is kept that was asked for, also when each outcome is of one model only', () => {
    const line = drawQualityLine(validate(2_000), models)!;
    expect(line).toMatchObject(models);
    const half = pointToKeep(line, 0.5)!;
    expect(half.threshold).toBeGreaterThan(0.7);
    expect(half.threshold).toBeLessThan(0.8);
    expect(half.strongShare).toBeCloseTo(0.25, 1);
    const most = pointToKeep(line, 0.9)!;
    expect(most.threshold).toBeGreaterThan(0.48);
    expect(most.threshold).toBeLessThan(0.6);
    expect(line.points.at(-1)).toMatchObject({ kept: expect.closeTo(1, 6), strongShare: 1 });
    expect(pointToKeep(line, 2)).toBe(line.points.at(-1));
  });

  test('[LR7] without an advantage, or with too little seen of either model, there is none', () => {
    expect(drawQualityLine(validate(2_000, { good: true }), models)).toBeUndefined();
    const turned = validate(2_000).map((one) => ({ ...one, isStrong: !one.isStrong }));
    expect(drawQualityLine(turned, models)).toBeUndefined();
    expect(drawQualityLine(validate(80), models)).toBeUndefined();
    expect(drawQualityLine([], models)).toBeUndefined();
  });

  test('[LR7] a strong model that is asked the hard questions only is not taken for a weak one', () => {
    // It answers seven hard ones of ten; the weak one, asked the easy ones, answers more of what it is asked.
    const asked = validate(4_000).map((one, at) =>
      one.isStrong && one.gain > 0.5 ? { ...one, good: (at * 31) % 20 < 14 } : one,
    );
    const biased = asked.filter(({ gain, isStrong }, at) => gain > 0.5 === isStrong || at % 16 < 2);
    const shareGood = (ofStrong: boolean): number => {
      const own = biased.filter(({ isStrong }) => isStrong === ofStrong);
      return own.filter(({ good }) => good).length / own.length;
    };
    expect(shareGood(false)).toBeGreaterThan(shareGood(true));
    expect(pointToKeep(drawQualityLine(biased, models)!, 0.5)!.threshold).toBeGreaterThan(0.6);
  });
});

const law = 'the tort of negligence and the duty of a court';
const cooking = 'the oven, the onion and the salted butter';

/** The small model knows cooking and no law, the large one both; no prompt has outcomes of both. */
function outcomes(count: number): readonly LabelledOutcome[] {
  return Array.from({ length: count }, (_, at) => {
    const isLaw = at % 4 < 2;
    const features = promptFeatures(`question ${at * 7919} about ${isLaw ? law : cooking}`);
    return at % 2 === 0 ? { features, model: 'small', good: !isLaw } : { features, model: 'large', good: true };
  });
}

const learned = trainQuality({ tenantId: defaultTenant, version: 1, trainedAt: 0, outcomes: outcomes(1_200) });
const predict = createQualityPredictor(() => learned);
const viewOf = (prompt: string): LearnedView => predict({ tenantId: defaultTenant, features: promptFeatures(prompt) })!;

const cheap = makeDeployment('x/small');
const dear = makeDeployment('y/large', {
  prices: { input: 10 ** 11, output: 10 ** 12, cachedInput: 10 ** 10, cacheWrite: 10 ** 11 },
});
const unknown = makeDeployment('z/new', { prices: cheap.prices, quality: 0.5 });

interface Setting {
  readonly strategy?: 'cost' | 'balanced' | 'performance';
  readonly view?: LearnedView | undefined;
  readonly fleet?: readonly (typeof cheap)[];
}

function decide({ strategy = 'cost', view, fleet = [dear, cheap] }: Setting): RouteDecision {
  const health = createHealthBook();
  const demands = classifyRequest(ask());
  return decideRoute(
    { deployments: fleet, aliases: {} },
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
        now: 0,
      },
      score: {
        demands,
        weights: strategyWeights[strategy],
        learned: view,
        keptAdvantage: keptAdvantage[strategy],
        qualityOf: ({ quality }) => quality,
        health,
        warmth: undefined,
        now: 0,
      },
      strategy,
      avoidFailing: false,
      random: seededRandom(1),
    },
  );
}

describe('the line in the scores', () => {
  test('[LR7] training draws it, it is kept with what was learned, and rows without one are read', () => {
    expect(learned.lines).toMatchObject([models]);
    const read = (packed: string) =>
      unpackQuality({ tenantId: defaultTenant, version: 1, trainedAt: 0, learned: packed });
    const packed = packQuality(learned);
    expect(read(packed).lines).toEqual(learned.lines);
    expect(read(packed.replace(/"lines":\[.*?\]\}\],/, '')).lines).toEqual([]);
  });

  test('[LR10] under "cost" the cheap model is asked where it is enough, and the strong one where it is not', () => {
    const [hard, easy] = [`what does a court say of ${law}`, `what do you say of ${cooking}`];
    expect(decide({}).order[0]).toBe(cheap);
    expect(decide({ view: viewOf(easy) }).order[0]).toBe(cheap);
    expect(decide({ view: viewOf(hard) }).order[0]).toBe(dear);
    expect(decide({ view: viewOf(easy), strategy: 'balanced' }).order[0]).toBe(cheap);
    expect(decide({ view: viewOf(hard), strategy: 'balanced' }).order[0]).toBe(dear);
    const { candidates } = decide({ view: viewOf(hard) });
    expect(candidates[0]?.score?.line).toMatchObject({ weak: 'small' });
    expect(candidates[0]!.score!.line!.gain).toBeGreaterThan(candidates[0]!.score!.line!.threshold);
    expect(candidates[1]?.score?.line).toBeUndefined();
  });

  test('[LR10] a model of which nothing was learned is asked where much dearer ones are not needed, and never instead of a strong one', () => {
    const fleet = [dear, cheap, unknown];
    expect(decide({ view: viewOf(law), fleet }).order.map(({ model }) => model)[0]).toBe('large');
    expect(decide({ view: viewOf(cooking), fleet }).order.map(({ model }) => model)).toEqual(['small', 'new', 'large']);
  });

  test('[LR10] the record says the gain and the line', async () => {
    const stage = makeStage({ deployments: [dear, cheap], ports: { predictQuality: predict } });
    const call = (text: string) =>
      stage.call({ body: { form: 'chat', request: ask(text) }, context: { strategy: 'cost' } });
    expect(await call(`question 5 about ${law}`)).toBe('y/large');
    const [why] = explainCall(await stage.record());
    expect(why).toMatch(/^y\/large .*expected to gain [\d.]+ on small, beyond the line at -?[\d.]+/);
    expect(await call(`question 5 about ${cooking}`)).toBe('x/small');
    expect(explainCall(await stage.record()).join(' ')).toMatch(/Next came y\/large .*short of the line/);
    expect(
      await stage.call({
        body: { form: 'chat', request: ask(law) },
        context: { tenantId: 'o' as never, strategy: 'cost' },
      }),
    ).toBe('x/small');
  });

  test('[LR11] a share of the calls goes to a model that is drawn, says so, and never under "failover" or with sensitive data', async () => {
    const own = { retention: 'local' } as const;
    const fleet = [makeDeployment('x/small', own), makeDeployment('y/large', { ...own, prices: dear.prices })];
    const stage = makeStage({ deployments: fleet, ports: { predictQuality: () => undefined, exploreShare: 0.5 } });
    const asked = async (context: object): Promise<number> => {
      let drawn = 0;
      for (let time = 0; time < 60; time++) {
        if ((await stage.call({ context: { strategy: 'cost', ...context } })) === 'y/large') drawn += 1;
      }
      return drawn;
    };
    const drawn = await asked({});
    expect(drawn).toBeGreaterThan(5);
    expect(drawn).toBeLessThan(30);
    await stage.router.drain();
    const records = stage.commands.flatMap((one) =>
      one.command === 'record-call' || one.command === 'settle' ? [one.record] : [],
    );
    const explored = records.find((record) => record?.explored === true && record.deploymentId === 'y/large');
    expect(explainCall(explored!)[0]).toContain('was drawn for chat, to learn how it does');
    expect(await asked({ strategy: 'failover' })).toBe(0);
    expect(await asked({ dataClass: 'secret' })).toBe(0);
    expect(await asked({ models: ['small'] })).toBe(0);
  });

  test('[LR11] the share is asked for with each call: it may be none for a while', async () => {
    const own = { retention: 'local' } as const;
    const fleet = [makeDeployment('x/small', own), makeDeployment('y/large', { ...own, prices: dear.prices })];
    let share = 0;
    const stage = makeStage({
      deployments: fleet,
      ports: { predictQuality: () => undefined, exploreShare: () => share },
    });
    const asked = async (): Promise<number> => {
      let drawn = 0;
      for (let time = 0; time < 60; time++)
        if ((await stage.call({ context: { strategy: 'cost' } })) === 'y/large') drawn += 1;
      return drawn;
    };
    expect(await asked()).toBe(0);
    share = 0.5;
    expect(await asked()).toBeGreaterThan(5);
  });
});
