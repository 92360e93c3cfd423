// Where the line lies between a weaker and a stronger model: the expected gain from which on the stronger is worth its price.
//
// Drawn on outcomes that the training did not see; a line drawn on the training's own outcomes is too sure of itself. An
// outcome is mostly of one model alone, because one answered: outcomes are gathered by expected gain, and within a group
// the two models' shares of good answers are compared.
//
// Invariants: QL1 there is no line where the stronger model was not better on those outcomes, or too little is known.

export interface ValidatedOutcome {
  /** Expected of the stronger model minus expected of the weaker. */
  readonly gain: number;
  readonly isStrong: boolean;
  readonly good: boolean;
}

export interface QualityLine {
  readonly weak: string;
  readonly strong: string;
  /** From the greatest gain down: with this threshold the stronger model is asked so often, and so much of its advantage is kept. */
  readonly points: readonly LinePoint[];
}

export interface LinePoint {
  readonly threshold: number;
  readonly kept: number;
  readonly strongShare: number;
}

/** Of each model; fewer say nothing of the difference. */
const validatedMin = 50;
const perGroup = 25;
const groupsMax = 50;
/** Both models' overall shares weigh as much as so many outcomes in each group. */
const priorOutcomes = 4;

interface Sum {
  good: number;
  all: number;
}

const shareOf = ({ good, all }: Sum, overall: number): number =>
  (good + priorOutcomes * overall) / (all + priorOutcomes);

function sumOf(outcomes: readonly ValidatedOutcome[], ofStrong: boolean): Sum {
  const own = outcomes.filter(({ isStrong }) => isStrong === ofStrong);
  return { good: own.filter(({ good }) => good).length, all: own.length };
}

/** Undefined: no line can be drawn. Calls whose expected gain is at least a point's threshold go to the stronger model. */
export function drawQualityLine(
  validated: readonly ValidatedOutcome[],
  models: Pick<QualityLine, 'weak' | 'strong'>,
): QualityLine | undefined {
  const [weak, strong] = [sumOf(validated, false), sumOf(validated, true)];
  if (weak.all < validatedMin || strong.all < validatedMin) return undefined;
  const [weakOverall, strongOverall] = [weak.good / weak.all, strong.good / strong.all];
  const ordered = validated.toSorted((a, b) => b.gain - a.gain);
  const groups = Math.max(1, Math.min(groupsMax, Math.floor(ordered.length / perGroup)));
  const sums: { readonly threshold: number; readonly advantage: number; readonly count: number }[] = [];
  let total = 0;
  for (let group = 0; group < groups; group++) {
    const from = Math.round((group * ordered.length) / groups);
    const to = Math.round(((group + 1) * ordered.length) / groups);
    const own = ordered.slice(from, to);
    const better = shareOf(sumOf(own, true), strongOverall) - shareOf(sumOf(own, false), weakOverall);
    const advantage = better * own.length;
    total += advantage;
    sums.push({ threshold: own.at(-1)?.gain ?? -Infinity, advantage, count: own.length });
  }
  // The overall shares alone may mislead: a model that is asked the hard questions answers fewer of them well.
  if (total <= 0) return undefined;
  let [kept, count] = [0, 0];
  const points = sums.map((sum) => {
    kept += sum.advantage / total;
    count += sum.count;
    return { threshold: sum.threshold, kept, strongShare: count / ordered.length };
  });
  return { ...models, points };
}

/** The point that keeps this share of the stronger model's advantage with the fewest calls to it. */
export function pointToKeep({ points }: QualityLine, share: number): LinePoint | undefined {
  return points.find(({ kept }) => kept >= share) ?? points.at(-1);
}
