// What was learned of how well models do for one tenant, and what it expects of a prompt.
//
// Invariant: LQ2 what was learned for one tenant is never asked for another: routers do not transfer.

import type { TenantId } from '@chorale/lib-ids';
import type { ChatRequest } from './conversation.ts';
import { featureBuckets, type PromptFeatures } from './prompt-features.ts';
import { pointToKeep, type QualityLine } from './quality-line.ts';
import type { LearnedView, PredictedCall } from './router-ports.ts';

/** One weight for each bucket, and the last for the length of the prompt. */
export const weightCount = 2 * featureBuckets + 1;

export interface LearnedModel {
  /** The share of good outcomes. */
  readonly mean: number;
  readonly outcomes: number;
  readonly weights: Float32Array;
}

export interface FeatureScale {
  /** How rare each bucket is: ln((prompts + 1) / (prompts with it + 1)); 0 for one never seen. */
  readonly rarity: Float32Array;
  readonly length: { readonly mean: number; readonly deviation: number };
}

/** About 0.25 MB, and 0.5 MB for each model. */
export interface LearnedQuality extends FeatureScale {
  readonly tenantId: TenantId;
  /** Given by who trains; a later one is greater. */
  readonly version: number;
  readonly trainedAt: number;
  readonly models: ReadonlyMap<string, LearnedModel>;
  /** Between those models that a line could be drawn between. */
  readonly lines: readonly QualityLine[];
}

/** The expected share of good answers of a model to one prompt, 0 to 1; undefined when nothing was learned of it. */
export type ExpectedQuality = (model: string) => number | undefined;

/**
 * What the router asks. Undefined: nothing was learned for the tenant, and the counts by task class decide.
 *
 * @param find Gives the version in use: whoever trains replaces it there.
 */
export function createQualityPredictor(
  find: (tenantId: TenantId) => LearnedQuality | undefined,
): (asked: PredictedCall) => LearnedView | undefined {
  return ({ tenantId, features }) => {
    const learned = find(tenantId);
    if (learned === undefined || learned.tenantId !== tenantId) return undefined;
    const expected = predictQuality(learned, features);
    return {
      qualityOf: (model) => {
        const quality = expected(model);
        return quality === undefined ? undefined : Math.min(1, Math.max(0, quality));
      },
      lineBetween: (weak, strong, kept) => {
        const line = learned.lines.find((one) => one.weak === weak && one.strong === strong);
        const point = line === undefined ? undefined : pointToKeep(line, kept);
        const [ofWeak, ofStrong] = [expected(weak), expected(strong)];
        if (point === undefined || ofWeak === undefined || ofStrong === undefined) return undefined;
        return { gain: ofStrong - ofWeak, threshold: point.threshold };
      },
    };
  };
}

/** What a call is about: the words of the newest question. Outcomes are labelled with the features of the same words. */
export function promptOf(request: ChatRequest): string {
  const question = request.messages.findLast((message) => message.role === 'user');
  return question?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n') ?? '';
}

/** May lie outside of 0 to 1: only so do two models keep their distance, which is what decides between them. */
export function predictQuality(
  learned: Pick<LearnedQuality, 'rarity' | 'length' | 'models'>,
  features: PromptFeatures,
): ExpectedQuality {
  const row = scaleFeatures(features, learned);
  return (name) => {
    const model = learned.models.get(name);
    return model === undefined ? undefined : model.mean + dot(row, model.weights);
  };
}

/** A prompt as the regression sees it: each family of unit length, and the length of the text. */
export interface Row {
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** What a prompt's length weighs beside its words; chosen by cross-validation like the ridge. */
const lengthScale = 0.1;
/** Where all outcomes were of one length, another length would outweigh every word. */
const deviationsMax = 3;

export function scaleFeatures(features: PromptFeatures, { rarity, length }: FeatureScale): Row {
  const { indices, values } = features;
  const scaled = new Float32Array(indices.length + 1);
  let words = 0;
  let runs = 0;
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] as number;
    const value = (values[at] as number) * (rarity[index] as number);
    scaled[at] = value;
    if (index < featureBuckets) words += value * value;
    else runs += value * value;
  }
  const perWord = words === 0 ? 0 : 1 / Math.sqrt(words);
  const perRun = runs === 0 ? 0 : 1 / Math.sqrt(runs);
  for (let at = 0; at < indices.length; at++) {
    scaled[at] = (scaled[at] as number) * ((indices[at] as number) < featureBuckets ? perWord : perRun);
  }
  const withLength = new Uint32Array(indices.length + 1);
  withLength.set(indices);
  withLength[indices.length] = weightCount - 1;
  const deviations = (features.logLength - length.mean) / length.deviation;
  scaled[indices.length] = lengthScale * Math.min(deviationsMax, Math.max(-deviationsMax, deviations));
  return { indices: withLength, values: scaled };
}

export function dot({ indices, values }: Row, weights: Float32Array | Float64Array): number {
  let sum = 0;
  for (let at = 0; at < indices.length; at++)
    sum += (values[at] as number) * (weights[indices[at] as number] as number);
  return sum;
}
