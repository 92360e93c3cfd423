// How well an order of questions spends the stronger model. RouteLLM's APGR: the area under the share of the gap between
// the two models that is recovered, over the share of questions that go to the stronger one. A random order has 0.5.

import type { Question } from './outcomes.ts';

export interface Scored {
  readonly question: Question;
  /** What the stronger model is expected to gain; the greatest go there first. */
  readonly gain: number;
}

/** The exact area: one step for each question, between two steps a straight line. */
export function averageGapRecovered(scored: readonly Scored[]): number {
  const ordered = scored.toSorted((a, b) => b.gain - a.gain);
  const gains = ordered.map(({ question }) => Number(question.strongGood) - Number(question.weakGood));
  const gap = gains.reduce((sum, gain) => sum + gain, 0);
  if (gap <= 0) throw new RangeError('the stronger model is no better on these questions: there is no gap to recover.');
  let recovered = 0;
  let area = 0;
  for (const gain of gains) {
    area += recovered + gain / 2;
    recovered += gain;
  }
  return area / gap / gains.length;
}

/** The share of questions that must go to the stronger model to recover this share of the gap. */
export function shareToRecover(scored: readonly Scored[], share: number): number {
  const ordered = scored.toSorted((a, b) => b.gain - a.gain);
  const gains = ordered.map(({ question }) => Number(question.strongGood) - Number(question.weakGood));
  const gap = gains.reduce((sum, gain) => sum + gain, 0);
  let recovered = 0;
  for (const [at, gain] of gains.entries()) {
    recovered += gain;
    if (recovered >= share * gap) return (at + 1) / gains.length;
  }
  return 1;
}
