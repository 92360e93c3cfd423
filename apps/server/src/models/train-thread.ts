// A thread that learns once and ends: seconds of arithmetic, beside the thread that answers.
import { parentPort, workerData } from 'node:worker_threads';
import { packQuality, trainQuality, unpackFeatures } from '@chorale/module-models';
import type { Training } from './train-in-thread.ts';

const { outcomes, ...training } = workerData as Training;
// Outcomes of the same prompt share one object, so that it counts once among the prompts.
const prompts = new Map(outcomes.map(({ features }) => [features, unpackFeatures(features)]));
const learned = trainQuality({
  ...training,
  outcomes: outcomes.flatMap(({ features: packed, model, good }) => {
    const features = prompts.get(packed);
    return features === undefined ? [] : [{ features, model, good }];
  }),
});
parentPort?.postMessage(packQuality(learned));
