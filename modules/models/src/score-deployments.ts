// One scorer for all strategies: terms between 0 and 1, added up by the strategy's weights.

import { expectedCost } from './call-cost.ts';
import type { CallDemands } from './classify-call.ts';
import type { Deployment, Retention } from './deployment.ts';
import { firstByteMs } from './deployment-health.ts';
import type { HealthBook } from './health-book.ts';
import type { Candidate } from './model-call.ts';
import type { LearnedView } from './router-ports.ts';
import type { Warmth } from './session-warmth.ts';
import type { Weights } from './strategy-weights.ts';

export interface ScoreRules {
  readonly demands: CallDemands;
  readonly weights: Weights;
  /** From prompts like this one; counts before `qualityOf` where something was learned. */
  readonly learned?: LearnedView | undefined;
  /** How much of a stronger model's advantage the line between two is to keep. */
  readonly keptAdvantage: number;
  /** 0 to 1, for this tenant and class of tasks. */
  readonly qualityOf: (deployment: Deployment) => number;
  readonly health: HealthBook;
  readonly warmth: Warmth | undefined;
  readonly now: number;
}

export interface Scored {
  readonly deployment: Deployment;
  readonly score: NonNullable<Candidate['score']>;
  /** The total without what latency takes away: what deployments of one model are alike in. */
  readonly standing: number;
}

const privacyOf: Readonly<Record<Retention, number>> = { local: 1, none: 0.7, keeps: 0.3, trains: 0 };

/** Below a hundredth of a cent and a twentieth of a second nobody minds a difference. */
const costFloor = 10_000;
const latencyFloorMs = 50;

/** 0 for the least, a half for twice as much, near 1 for many times as much; so no unit needs a scale of its own. */
const excess = (value: number, least: number, floor: number): number => 1 - (least + floor) / (value + floor);

interface Facts {
  readonly deployment: Deployment;
  readonly quality: number;
  readonly isLearned: boolean;
  /** Undefined: no price is known. */
  readonly cost: number | undefined;
  readonly latencyMs: number;
  readonly switching: number;
  readonly failing: number;
}

function gatherFacts(deployment: Deployment, rules: ScoreRules): Facts {
  const { warmth, demands, health, now } = rules;
  const state = health.read(deployment.id);
  const isWarm = warmth?.deploymentId === deployment.id;
  const learned = rules.learned?.qualityOf(deployment.model);
  const tokens = Math.min(demands.outputTokens, deployment.outputTokensMax);
  return {
    deployment,
    quality: learned ?? rules.qualityOf(deployment),
    isLearned: learned !== undefined,
    cost: expectedCost(deployment, demands, isWarm ? warmth.cachedTokens : 0),
    latencyMs: firstByteMs(state, now) + tokens * state.tokenMs,
    switching: warmth === undefined || isWarm ? 0 : warmth.saving,
    failing: state.failed === 0 ? 0 : health.failureShare(deployment.id, now),
  };
}

interface Judged {
  /** 1 on the right side of the line, 0 on the other. */
  readonly worth: number;
  readonly line?: NonNullable<Scored['score']['line']>;
}

/**
 * The line lies between the cheapest model that something was learned of and each that was seen to be stronger: those beyond
 * it are worth their price for this prompt, and when none is, the cheapest is enough. No line: undefined.
 */
function judgeByLines(
  all: readonly Facts[],
  { learned, keptAdvantage }: ScoreRules,
): ((facts: Facts) => Judged) | undefined {
  if (learned === undefined) return undefined;
  const known = all.filter(({ isLearned, cost }) => isLearned && cost !== undefined);
  const base = known.toSorted((one, other) => (one.cost ?? 0) - (other.cost ?? 0))[0];
  if (base === undefined) return undefined;
  const weak = base.deployment.model;
  const lines = new Map<string, NonNullable<Judged['line']>>();
  for (const { deployment } of known) {
    const { model } = deployment;
    if (model === weak || lines.has(model)) continue;
    const gain = learned.lineBetween(weak, model, keptAdvantage);
    if (gain !== undefined) lines.set(model, { weak, ...gain });
  }
  if (lines.size === 0) return undefined;
  const isBeyond = (model: string): boolean => {
    const line = lines.get(model);
    return line !== undefined && line.gain >= line.threshold;
  };
  const someBeyond = [...lines.keys()].some(isBeyond);
  return ({ deployment: { model }, isLearned }) => {
    // One that nobody knows is no answer to what is known to be hard.
    if (!isLearned) return { worth: someBeyond ? 0 : 0.5 };
    const line = lines.get(model);
    const isRight = someBeyond ? isBeyond(model) : model === weak;
    return { worth: isRight ? 1 : 0, ...(line === undefined ? {} : { line }) };
  };
}

/** Best first. */
export function scoreDeployments(deployments: readonly Deployment[], rules: ScoreRules): readonly Scored[] {
  const { weights } = rules;
  const all = deployments.map((deployment) => gatherFacts(deployment, rules));
  let costLeast = Infinity;
  let costKnownMost = 0;
  let latencyLeast = Infinity;
  for (const { cost, latencyMs } of all) {
    costLeast = Math.min(costLeast, cost ?? Infinity);
    costKnownMost = Math.max(costKnownMost, cost ?? 0);
    latencyLeast = Math.min(latencyLeast, latencyMs);
  }
  if (costLeast === Infinity) costLeast = 0;
  const judge = judgeByLines(all, rules);
  const scored = all.map((facts) => {
    const { deployment, quality, isLearned, cost: knownCost, latencyMs, switching, failing } = facts;
    const judged = judge?.(facts);
    // Nobody's favourite for being unknown.
    const cost = knownCost ?? costKnownMost;
    const privacy = privacyOf[deployment.retention];
    const standing =
      weights.quality * quality +
      weights.line * (judged?.worth ?? 0) +
      weights.privacy * privacy -
      weights.cost * excess(cost, costLeast, costFloor) -
      weights.switching * (switching / (cost + switching + costFloor)) -
      weights.failing * failing;
    const total = standing - weights.latency * excess(latencyMs, latencyLeast, latencyFloorMs);
    const score = { total, quality, cost, latencyMs, switching, privacy, failing };
    const line = judged?.line;
    const why = { ...(isLearned ? { learned: true as const } : {}), ...(line === undefined ? {} : { line }) };
    return { deployment, standing, score: { ...score, ...why } };
  });
  return scored.sort((left, right) => right.score.total - left.score.total);
}
