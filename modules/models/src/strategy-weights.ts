// The strategies: weights over one scorer. A tenant, a goal, an agent and a call may each name another strategy or
// change single weights; the narrower word counts.

import type { Strategy, StrategyBy } from './model-call.ts';

/** Each term is between 0 and 1; a weight says how much of it is added (quality, privacy) or taken away (the others). */
export interface Weights {
  readonly quality: number;
  /** 1 for the model that the learned line between a weaker and a stronger one says; nothing where there is no line. */
  readonly line: number;
  /** 0 for the cheapest of those that can be chosen, near 1 for one many times as dear. */
  readonly cost: number;
  /** 0 for the fastest, near 1 for one many times as slow. */
  readonly latency: number;
  /** 1 for our own machines, 0 for a provider that learns from what it is sent. */
  readonly privacy: number;
  /** How much of a move's price is the prompt cache that is left behind. */
  readonly switching: number;
  /** The share of its tries that failed lately. */
  readonly failing: number;
}

/**
 * Quality differs by tenths between models, cost by factors of ten: with `balanced`, a tenth more quality is worth a
 * price about 1.4 times as high. `failover` does not score: the configured order is kept. With `cost`, price decides alone
 * until there is a line: then the dearer model is asked where its gain is beyond the line, however much dearer it is.
 */
export const strategyWeights: Readonly<Record<Strategy, Weights>> = {
  balanced: { quality: 1, line: 0.5, cost: 0.35, latency: 0.15, privacy: 0.05, switching: 0.15, failing: 0.5 },
  cost: { quality: 0.1, line: 1.5, cost: 1, latency: 0.05, privacy: 0, switching: 0.1, failing: 0.5 },
  performance: { quality: 1, line: 0, cost: 0.02, latency: 0.25, privacy: 0, switching: 0.1, failing: 0.5 },
  privacy: { quality: 0.3, line: 0.1, cost: 0.1, latency: 0.05, privacy: 1, switching: 0.05, failing: 0.5 },
  failover: { quality: 0, line: 0, cost: 0, latency: 0, privacy: 0, switching: 0, failing: 0 },
};

/** How much of a stronger model's advantage the line is to keep. */
export const keptAdvantage: Readonly<Record<Strategy, number>> = {
  balanced: 0.8,
  cost: 0.5,
  performance: 1,
  privacy: 0.8,
  failover: 1,
};

export interface StrategyOverride {
  readonly strategy?: Strategy | undefined;
  /** Whose word it is. */
  readonly by?: StrategyBy;
  readonly weights?: Partial<Weights>;
}

export interface ResolvedStrategy {
  readonly strategy: Strategy;
  /** Whose word that is; undefined when nobody said. */
  readonly by: StrategyBy | undefined;
  readonly weights: Weights;
}

/** `overrides`: broadest first (tenant, key, goal, agent, call). Weights hold for the strategy they stand beside and on. */
export function resolveStrategy(overrides: readonly StrategyOverride[]): ResolvedStrategy {
  let strategy: Strategy = 'balanced';
  let by: StrategyBy | undefined;
  let weights = strategyWeights.balanced;
  for (const override of overrides) {
    if (override.strategy !== undefined) {
      strategy = override.strategy;
      by = override.by;
      weights = strategyWeights[strategy];
    }
    if (override.weights !== undefined) weights = { ...weights, ...override.weights };
  }
  return { strategy, by, weights };
}
