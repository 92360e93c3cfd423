// From all deployments to the order in which a call tries them, with the reason for each that is passed over.

import type { Random } from '@chorale/lib-ids';
import type { Deployment } from './deployment.ts';
import { loadOf } from './deployment-health.ts';
import { findExclusion, type FilterRules } from './filter-deployments.ts';
import type { Fleet } from './fleet.ts';
import type { Candidate, Strategy } from './model-call.ts';
import { scoreDeployments, type Scored, type ScoreRules } from './score-deployments.ts';

export interface RouteRules {
  readonly filter: FilterRules;
  readonly score: ScoreRules;
  readonly strategy: Strategy;
  /** The retry budget is used up: begin where least failed lately, whatever the strategy says. */
  readonly avoidFailing: boolean;
  readonly random: Random;
  /** The share of calls that begin with a model that is drawn, whatever the scores say. */
  readonly exploreShare?: number;
}

export interface RouteDecision {
  /** All deployments: those in the order of the tries first, then those passed over. */
  readonly candidates: readonly Candidate[];
  readonly order: readonly Deployment[];
  /** The first was drawn. */
  readonly explored: boolean;
}

/** Deployments of one model that differ by less than this in all but latency are alike. */
const alike = 0.02;
/** Below this share of failures a deployment counts as one that works. */
export const failingShare = 0.25;
const failingStep = 0.05;

/**
 * The best one's like: two of them are drawn, and the one with less to do goes first. The best of all would be
 * everybody's choice until its latency shows it.
 */
function putLessLoadedFirst(scored: Scored[], rules: RouteRules): void {
  const best = scored[0];
  if (best === undefined || rules.score.warmth?.deploymentId === best.deployment.id) return;
  const peers = scored.filter(
    ({ deployment, standing }) =>
      deployment.model === best.deployment.model && Math.abs(standing - best.standing) <= alike,
  );
  if (peers.length < 2) return;
  const first = Math.floor(rules.random() * peers.length);
  const second = (first + 1 + Math.floor(rules.random() * (peers.length - 1))) % peers.length;
  const [one, other] = [peers[first], peers[second]];
  if (one === undefined || other === undefined) return;
  const { health, now } = rules.score;
  const load = (of: Scored): number => loadOf(health.read(of.deployment.id), now);
  const winner = load(one) <= load(other) ? one : other;
  scored.splice(scored.indexOf(winner), 1);
  scored.unshift(winner);
}

function keepConfiguredOrder(scored: Scored[], rules: RouteRules, fleet: Fleet): void {
  const places = new Map(fleet.deployments.map(({ id }, place) => [id, place]));
  const placeOf = ({ deployment: { id } }: Scored): number =>
    (rules.filter.asked?.get(id) ?? 0) * places.size + (places.get(id) ?? 0);
  scored.sort((left, right) => placeOf(left) - placeOf(right));
}

function putFailingLast(scored: Scored[]): void {
  const step = ({ score }: Scored): number => Math.floor((score.failing ?? 0) / failingStep);
  scored.sort((left, right) => step(left) - step(right));
}

/** The best deployment of a drawn model first; false when there is no choice. */
function putDrawnFirst(scored: Scored[], random: Random): boolean {
  const models = [...new Set(scored.map(({ deployment }) => deployment.model))];
  if (models.length < 2) return false;
  const model = models[Math.floor(random() * models.length)];
  const at = scored.findIndex(({ deployment }) => deployment.model === model);
  scored.unshift(...scored.splice(at, 1));
  return true;
}

export function decideRoute(fleet: Fleet, rules: RouteRules): RouteDecision {
  const passedOver: Candidate[] = [];
  const left: Deployment[] = [];
  for (const deployment of fleet.deployments) {
    const excluded = findExclusion(deployment, rules.filter);
    if (excluded === undefined) left.push(deployment);
    else passedOver.push({ deploymentId: deployment.id, excluded });
  }
  const scored = [...scoreDeployments(left, rules.score)];
  if (rules.strategy === 'failover') keepConfiguredOrder(scored, rules, fleet);
  else putLessLoadedFirst(scored, rules);
  const { exploreShare = 0 } = rules;
  const explored =
    exploreShare > 0 &&
    rules.strategy !== 'failover' &&
    rules.random() < exploreShare &&
    putDrawnFirst(scored, rules.random);
  if (rules.avoidFailing) putFailingLast(scored);
  return {
    explored,
    order: scored.map(({ deployment }) => deployment),
    candidates: [...scored.map(({ deployment, score }) => ({ deploymentId: deployment.id, score })), ...passedOver],
  };
}
