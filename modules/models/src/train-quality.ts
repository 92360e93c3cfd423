// Learns from labelled outcomes of one tenant how well each model does at prompts of a kind: ridge regression on hashed
// features weighted by rarity, solved by conjugate gradients.
//
// Ridge and not neighbours: the decision costs one pass over the prompt instead of one over everything seen, and on the
// RouteLLM MMLU answers it orders prompts at least as well (docs/decisions/0005-learned-routing.md).
// Invariant: LQ1 the same outcomes in the same order give the same weights.

import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import {
  dot,
  predictQuality,
  scaleFeatures,
  weightCount,
  type FeatureScale,
  type LearnedModel,
  type LearnedQuality,
  type Row,
} from './learned-quality.ts';
import { featureBuckets, type PromptFeatures } from './prompt-features.ts';
import { drawQualityLine, type QualityLine, type ValidatedOutcome } from './quality-line.ts';

/** Of one model; fewer say less of it than the counts by task class do. */
export const labelledOutcomesMin = 500;

export interface LabelledOutcome {
  readonly features: PromptFeatures;
  readonly model: string;
  readonly good: boolean;
}

export interface QualityTraining {
  readonly tenantId: TenantId;
  readonly version: number;
  readonly trainedAt: number;
  readonly outcomes: readonly LabelledOutcome[];
}

/** Chosen by cross-validation on the RouteLLM MMLU answers; between 3 and 30 it matters little. */
const ridge = 10;
const iterationsMax = 40;
const residualMin = 1e-4;

/** Every so-many-th prompt is kept from the training that lines are drawn by. */
const validatedEvery = 5;
/** Lines are drawn between each two of the models with the most outcomes. */
const lineModelsMax = 6;

/**
 * Models with fewer than `labelledOutcomesMin` outcomes are left out. Give the same `features` object with all outcomes
 * of one prompt, else it counts as often as it comes.
 *
 * @throws refused `too-few-outcomes` when no model has enough.
 */
export function trainQuality(training: QualityTraining): LearnedQuality {
  const { tenantId, version, trainedAt } = training;
  const byModel = new Map<string, LabelledOutcome[]>();
  for (const outcome of training.outcomes) {
    const own = byModel.get(outcome.model);
    if (own === undefined) byModel.set(outcome.model, [outcome]);
    else own.push(outcome);
  }
  const enough = [...byModel].filter(([, own]) => own.length >= labelledOutcomesMin);
  if (enough.length === 0) {
    const most = Math.max(0, ...[...byModel.values()].map((own) => own.length));
    throw refused('too-few-outcomes', `the model with the most labelled outcomes has ${most}: too few to learn from.`, {
      action: `Collect at least ${labelledOutcomesMin} of one model; until then the counts of good and bad decide.`,
    });
  }
  const fitted = fitModels(enough);
  return { tenantId, version, trainedAt, ...fitted, lines: drawLines(enough) };
}

type ByModel = readonly (readonly [model: string, outcomes: readonly LabelledOutcome[]])[];
type Fitted = Pick<LearnedQuality, 'rarity' | 'length' | 'models'>;

function fitModels(byModel: ByModel): Fitted {
  const prompts = [...new Set(byModel.flatMap(([, own]) => own.map(({ features }) => features)))];
  const scale: FeatureScale = { rarity: measureRarity(prompts), length: measureLength(prompts) };
  const rows = new Map(prompts.map((features) => [features, scaleFeatures(features, scale)]));
  const models = new Map<string, LearnedModel>();
  for (const [name, own] of byModel) {
    const goodness = own.map((outcome) => Number(outcome.good));
    const mean = goodness.reduce((sum, good) => sum + good, 0) / own.length;
    const matrix = own.map((outcome) => rows.get(outcome.features) as Row);
    const weights = solveRidge(
      matrix,
      goodness.map((good) => good - mean),
    );
    models.set(name, { mean, outcomes: own.length, weights: Float32Array.from(weights) });
  }
  return { ...scale, models };
}

/** Between each two models, by a training that a fifth of the prompts was kept from. */
function drawLines(byModel: ByModel): readonly QualityLine[] {
  if (byModel.length < 2) return [];
  const most = byModel.toSorted(([, one], [, other]) => other.length - one.length).slice(0, lineModelsMax);
  const places = new Map<PromptFeatures, number>();
  for (const [, own] of most)
    for (const { features } of own) if (!places.has(features)) places.set(features, places.size);
  const isKept = ({ features }: LabelledOutcome): boolean => (places.get(features) ?? 0) % validatedEvery === 0;
  const fitted = fitModels(most.map(([name, own]) => [name, own.filter((outcome) => !isKept(outcome))]));
  const kept = most.map(([name, own]) => [name, own.filter(isKept)] as const);
  return kept.flatMap((one, at) => kept.slice(at + 1).flatMap((other) => drawBetween(fitted, one, other)));
}

/** The line with the one as the weaker model, or with the other. */
function drawBetween(fitted: Fitted, one: ByModel[number], other: ByModel[number]): readonly QualityLine[] {
  for (const [[weak, ofWeak], [strong, ofStrong]] of [
    [one, other],
    [other, one],
  ] as const) {
    const validate =
      (isStrong: boolean) =>
      ({ features, good }: LabelledOutcome): ValidatedOutcome => {
        const expected = predictQuality(fitted, features);
        return { gain: (expected(strong) ?? 0) - (expected(weak) ?? 0), isStrong, good };
      };
    const validated = [...ofWeak.map(validate(false)), ...ofStrong.map(validate(true))];
    const line = drawQualityLine(validated, { weak, strong });
    if (line !== undefined) return [line];
  }
  return [];
}

function measureRarity(prompts: readonly PromptFeatures[]): Float32Array {
  const seenIn = new Uint32Array(2 * featureBuckets);
  for (const { indices } of prompts) for (const index of indices) seenIn[index] = (seenIn[index] as number) + 1;
  return Float32Array.from(seenIn, (seen) => (seen === 0 ? 0 : Math.log((prompts.length + 1) / (seen + 1))));
}

function measureLength(prompts: readonly PromptFeatures[]): FeatureScale['length'] {
  const mean = prompts.reduce((sum, { logLength }) => sum + logLength, 0) / prompts.length;
  const variance = prompts.reduce((sum, { logLength }) => sum + (logLength - mean) ** 2, 0) / prompts.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function addInto(target: Float64Array, { indices, values }: Row, factor: number): void {
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] as number;
    target[index] = (target[index] as number) + factor * (values[at] as number);
  }
}

/** The w that makes |X w - y|^2 + ridge |w|^2 smallest. */
function solveRidge(rows: readonly Row[], targets: readonly number[]): Float64Array {
  const weights = new Float64Array(weightCount);
  const residual = new Float64Array(weightCount);
  for (const [at, row] of rows.entries()) addInto(residual, row, targets[at] as number);
  const direction = Float64Array.from(residual);
  let size = squared(residual);
  const enough = size * residualMin ** 2;
  for (let iteration = 0; iteration < iterationsMax && size > enough; iteration++) {
    const image = direction.map((value) => value * ridge);
    for (const row of rows) addInto(image, row, dot(row, direction));
    let curvature = 0;
    for (let at = 0; at < weightCount; at++) curvature += (direction[at] as number) * (image[at] as number);
    const step = size / curvature;
    for (let at = 0; at < weightCount; at++) {
      weights[at] = (weights[at] as number) + step * (direction[at] as number);
      residual[at] = (residual[at] as number) - step * (image[at] as number);
    }
    const before = size;
    size = squared(residual);
    for (let at = 0; at < weightCount; at++) {
      direction[at] = (residual[at] as number) + (size / before) * (direction[at] as number);
    }
  }
  return weights;
}

function squared(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return sum;
}
