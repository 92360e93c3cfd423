// Where to draw the line between a weaker and a stronger model: the expected gain from which on the stronger is worth it.
//
// Chosen on outcomes that the training did not see; a line drawn on the training's own outcomes is too sure of itself.

import { refused } from '@chorale/lib-errors';

export interface ValidatedGain {
  /** Expected of the stronger model minus expected of the weaker. */
  readonly gain: number;
  readonly weakGood: boolean;
  readonly strongGood: boolean;
}

/** Of all calls, the share that may go to the stronger model; or the share of its advantage to keep. 0 to 1. */
export type ThresholdAim = { readonly strongShare: number } | { readonly keptAdvantage: number };

/**
 * Calls whose expected gain is at least the threshold go to the stronger model.
 *
 * @throws refused `threshold-unknown` without outcomes, or when the stronger model was no better on them.
 */
export function chooseGainThreshold(validated: readonly ValidatedGain[], aim: ThresholdAim): number {
  const ordered = validated.toSorted((a, b) => b.gain - a.gain);
  const wanted =
    'strongShare' in aim ? Math.round(aim.strongShare * ordered.length) : countToKeep(ordered, aim.keptAdvantage);
  if (ordered.length === 0) throw noAdvantage(0);
  if (wanted === 0) return Infinity;
  return ordered[Math.min(wanted, ordered.length) - 1]?.gain ?? Infinity;
}

function countToKeep(ordered: readonly ValidatedGain[], share: number): number {
  const gains = ordered.map(({ weakGood, strongGood }) => Number(strongGood) - Number(weakGood));
  const advantage = gains.reduce((sum, gain) => sum + gain, 0);
  if (advantage <= 0) throw noAdvantage(ordered.length);
  let kept = 0;
  for (const [at, gain] of gains.entries()) {
    if (kept >= share * advantage) return at;
    kept += gain;
  }
  return gains.length;
}

const noAdvantage = (count: number): Error =>
  refused('threshold-unknown', `on ${count} validation outcomes the stronger model was not better than the weaker.`, {
    action: 'Give validation outcomes of both models, or name the models the other way round.',
  });
