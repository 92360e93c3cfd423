// How good a model is at a class of tasks for a tenant: what the registry says of it in general, moved by what was seen.

import type { TaskClass } from './model-call.ts';
import type { OutcomeCount } from './spend.ts';

/** The registry's word weighs as much as this many outcomes: half way after ten. */
const priorOutcomes = 10;

/** The mean of a Beta distribution whose prior is the registry's quality. */
export function posteriorQuality(
  prior: number,
  seen: { readonly good: number; readonly bad: number } | undefined,
): number {
  if (seen === undefined) return prior;
  return (prior * priorOutcomes + seen.good) / (priorOutcomes + seen.good + seen.bad);
}

/** Outcomes of one tenant, to be looked up by class and model. */
export type OutcomeIndex = ReadonlyMap<string, OutcomeCount>;

const keyOf = (taskClass: TaskClass, model: string): string => `${taskClass} ${model}`;

export function indexOutcomes(counts: readonly OutcomeCount[]): OutcomeIndex {
  return new Map(counts.map((count) => [keyOf(count.taskClass, count.model), count]));
}

export function findOutcome(index: OutcomeIndex, taskClass: TaskClass, model: string): OutcomeCount | undefined {
  return index.get(keyOf(taskClass, model));
}
