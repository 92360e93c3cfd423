// Trains on some questions and scores others, as production would: through the exported functions of the module.

import { defaultTenant } from '@chorale/lib-ids';
import { pointToKeep, predictQuality, promptFeatures, trainQuality, type LearnedQuality } from '@chorale/module-models';
import { seededRandom, shuffled } from '../seeded-random.ts';
import type { Scored } from './gap-recovered.ts';
import type { Question } from './outcomes.ts';

export function train(questions: readonly Question[]): LearnedQuality {
  const outcomes = questions.flatMap(({ prompt, weakGood, strongGood }) => {
    const features = promptFeatures(prompt);
    return [
      { features, model: 'weak', good: weakGood },
      { features, model: 'strong', good: strongGood },
    ];
  });
  return trainQuality({ tenantId: defaultTenant, version: 1, trainedAt: 0, outcomes });
}

/** Looks at the prompt alone. */
export function expectGain(learned: LearnedQuality, prompt: string): number {
  const expected = predictQuality(learned, promptFeatures(prompt));
  return (expected('strong') ?? 0) - (expected('weak') ?? 0);
}

export const score = (learned: LearnedQuality, questions: readonly Question[]): readonly Scored[] =>
  questions.map((question) => ({ question, gain: expectGain(learned, question.prompt) }));

/** Every question scored by a training that did not see it, fold by fold. */
export function crossValidate(questions: readonly Question[], folds: number): readonly (readonly Scored[])[] {
  const mixed = shuffled(questions, seededRandom(1));
  return Array.from({ length: folds }, (_, fold) => {
    const learned = train(mixed.filter((_question, at) => at % folds !== fold));
    return score(
      learned,
      mixed.filter((_question, at) => at % folds === fold),
    );
  });
}

/** The line for keeping this share of the advantage, as the training draws it on a fifth of the prompts. */
export function validateThreshold({ lines }: LearnedQuality, keptAdvantage: number): number {
  const [line] = lines;
  return line === undefined ? Infinity : (pointToKeep(line, keptAdvantage)?.threshold ?? Infinity);
}
