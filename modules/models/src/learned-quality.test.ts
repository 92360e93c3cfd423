import { defaultTenant, type TenantId } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import type { ChatRequest } from './conversation.ts';
import { createQualityPredictor, predictQuality, promptOf, type LearnedQuality } from './learned-quality.ts';
import { packFeatures, unpackFeatures } from './pack-features.ts';
import { packQuality, unpackQuality } from './pack-quality.ts';
import { featureBuckets, promptFeatures } from './prompt-features.ts';
import { trainQuality, type LabelledOutcome } from './train-quality.ts';

/** The small model knows cooking, the large one also law; which is which is only in the words. */
function outcomes(count: number): readonly LabelledOutcome[] {
  return Array.from({ length: count }, (_, at) => {
    const law = at % 2 === 0;
    const subject = law
      ? 'the tort of negligence and the duty of a court'
      : 'the oven, the onion and the salted butter';
    const features = promptFeatures(`question ${at * 7919} about ${subject}`);
    return [
      { features, model: 'small', good: !law },
      { features, model: 'large', good: at % 10 !== 0 },
    ];
  }).flat();
}

const learn = (count = 600): LearnedQuality =>
  trainQuality({ tenantId: defaultTenant, version: 3, trainedAt: 5, outcomes: outcomes(count) });

describe('features of a prompt', () => {
  test('[LR1] words, pairs and runs of characters are counted in their own buckets', () => {
    const { indices, values } = promptFeatures('salt salt salt');
    const families = [...indices].map((index) => (index < featureBuckets ? 'word' : 'run'));
    // The word and the pair; and the runs of five: "salt ", "alt s", "lt sa", "t sal", " salt".
    expect(families).toEqual(['word', 'word', 'run', 'run', 'run', 'run', 'run']);
    expect(values[0]).toBeCloseTo(1 + Math.log(3));
    expect(values[1]).toBeCloseTo(1 + Math.log(2));
  });

  test('[LR1] a prompt leaves nothing behind in the next', () => {
    const alone = promptFeatures('one prompt');
    promptFeatures('something else, and one prompt in it');
    expect(promptFeatures('one prompt')).toEqual(alone);
  });

  test('[LR2] a prompt of a million characters is read at its beginning only, but its length counts', () => {
    const long = promptFeatures('word '.repeat(200_000));
    expect(long.indices.length).toBeLessThan(20);
    expect(long.logLength).toBeCloseTo(Math.log(1_000_001));
  });

  test('[LR2] no text makes more features than there is room for', () => {
    const noise = Array.from({ length: 5_000 }, (_, at) => String.fromCodePoint(0x4e00 + ((at * 7919) % 20_000))).join(
      ' ',
    );
    expect(promptFeatures(noise).indices.length).toBeGreaterThan(1_000);
    expect(promptFeatures('')).toMatchObject({ logLength: 0 });
  });
});

describe('learning from outcomes', () => {
  test('[LR3] what was learned tells prompts apart that it never saw', () => {
    const learned = learn();
    const law = predictQuality(learned, promptFeatures('what does a court owe under the tort of negligence?'));
    const cooking = predictQuality(learned, promptFeatures('how hot is the oven for onion and butter?'));
    expect(law('small')).toBeLessThan(0.3);
    expect(cooking('small')).toBeGreaterThan(0.7);
    expect((law('large') ?? 0) - (law('small') ?? 0)).toBeGreaterThan(0.4);
    expect((cooking('large') ?? 0) - (cooking('small') ?? 0)).toBeLessThan(0.1);
  });

  test('[LR4] too few outcomes are refused, and a model with too few is left out', () => {
    const few = (): LearnedQuality => learn(499);
    expect(few).toThrow(expect.objectContaining({ code: 'too-few-outcomes', family: 'refused' }));
    const rare = { features: promptFeatures('x'), model: 'rare', good: true };
    const learned = trainQuality({
      tenantId: defaultTenant,
      version: 1,
      trainedAt: 0,
      outcomes: [...outcomes(500), rare],
    });
    expect([...learned.models.keys()]).toEqual(['small', 'large']);
    expect(predictQuality(learned, promptFeatures('x'))('rare')).toBeUndefined();
  });

  const ask = (text: string): ChatRequest => ({ messages: [{ role: 'user', parts: [{ type: 'text', text }] }] });

  test('[LR5] what one tenant taught is not asked for another', () => {
    const other = 'other' as TenantId;
    const predict = createQualityPredictor(() => learn());
    const features = promptFeatures('the tort of negligence');
    expect(predict({ tenantId: defaultTenant, features })?.qualityOf('large')).toBeGreaterThan(0);
    expect(predict({ tenantId: other, features })).toBeUndefined();
    expect(createQualityPredictor(() => undefined)({ tenantId: other, features })).toBeUndefined();
  });

  test('[LR5] what the router is told is of the newest question, and lies between 0 and 1', () => {
    const predict = createQualityPredictor(() => learn());
    const cooking = ask('the oven, the onion and the salted butter '.repeat(5));
    const request = {
      messages: [...ask('the tort of negligence and the duty of a court').messages, ...cooking.messages],
    };
    const expected = predict({ tenantId: defaultTenant, features: promptFeatures(promptOf(request)) });
    expect(expected?.qualityOf('small')).toBeGreaterThan(0.7);
    expect(expected?.qualityOf('small')).toBeLessThanOrEqual(1);
    expect(expected?.qualityOf('unheard of')).toBeUndefined();
    expect(promptOf(request)).toBe(promptOf(cooking));
  });

  test('[LR6] the same outcomes give the same weights, under the version that was asked for', () => {
    const [one, two] = [learn(), learn()];
    expect(one.version).toBe(3);
    expect(two.models.get('small')?.weights).toEqual(one.models.get('small')?.weights);
  });
});

describe('what is kept', () => {
  test('[LR8] features of a prompt are the same when they are read again', () => {
    for (const prompt of ['', 'salt salt salt', 'x'.repeat(3_000), 'What is the capital of Peru? 12, 14: why?']) {
      const features = promptFeatures(prompt);
      const read = unpackFeatures(packFeatures(features));
      const pairs = ({ indices, values }: typeof features) =>
        [...indices].map((index, at) => [index, Math.min(1 + Math.log(255), values[at] as number)] as const);
      expect(pairs(read)).toEqual(pairs(features).toSorted((a, b) => a[0] - b[0]));
      expect(read.logLength).toBeCloseTo(features.logLength, 5);
    }
  });

  test('[LR8] what was learned expects the same when it is read again', () => {
    const learned = learn();
    const { tenantId, version, trainedAt } = learned;
    const read = unpackQuality({ tenantId, version, trainedAt, learned: packQuality(learned) });
    expect({ ...read, rarity: 0, models: 0 }).toEqual({ ...learned, rarity: 0, models: 0 });
    const features = promptFeatures('how hot is the oven for onion and butter?');
    for (const model of ['small', 'large'])
      expect(predictQuality(read, features)(model)).toBeCloseTo(predictQuality(learned, features)(model) ?? NaN, 3);
  });
});
