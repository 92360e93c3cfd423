// One scorer for all strategies: terms between 0 and 1, added up by the strategy's weights.

import { expectedCost } from './call-cost.ts';
import type { CallDemands } from './classify-call.ts';
import type { Deployment, Retention } from './deployment.ts';
import { firstByteMs } from './deployment-health.ts';
import type { HealthBook } from './health-book.ts';
import type { Candidate } from './model-call.ts';
import type { Warmth } from './session-warmth.ts';
import type { Weights } from './strategy-weights.ts';

export interface ScoreRules {
  readonly demands: CallDemands;
  readonly weights: Weights;
  /** 0 to 1, learned from prompts like this one; counts before `qualityOf` where something was learned. */
  readonly learnedOf?: ((deployment: Deployment) => number | undefined) | undefined;
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
  const learned = rules.learnedOf?.(deployment);
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
  const scored = all.map(({ deployment, quality, isLearned, cost: knownCost, latencyMs, switching, failing }) => {
    // Nobody's favourite for being unknown.
    const cost = knownCost ?? costKnownMost;
    const privacy = privacyOf[deployment.retention];
    const standing =
      weights.quality * quality +
      weights.privacy * privacy -
      weights.cost * excess(cost, costLeast, costFloor) -
      weights.switching * (switching / (cost + switching + costFloor)) -
      weights.failing * failing;
    const total = standing - weights.latency * excess(latencyMs, latencyLeast, latencyFloorMs);
    const score = { total, quality, cost, latencyMs, switching, privacy, failing };
    return { deployment, standing, score: isLearned ? { ...score, learned: true as const } : score };
  });
  return scored.sort((left, right) => right.score.total - left.score.total);
}
