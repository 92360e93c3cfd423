// What a call costs: from what was metered, and before that from what is expected or may be at most.

import type { CallDemands } from './classify-call.ts';
import type { Usage } from './conversation.ts';
import type { Deployment, Prices } from './deployment.ts';

const tokensPerPrice = 1_000_000;

/** Nano-dollars, rounded up, so that a sum of calls never comes out below what the provider charges. */
export function costOfUsage(prices: Prices, usage: Usage): number {
  const cached = Math.min(usage.cachedInputTokens, usage.inputTokens);
  const written = Math.min(usage.cacheWriteTokens, usage.inputTokens - cached);
  const plain = usage.inputTokens - cached - written;
  const sum =
    plain * prices.input +
    cached * prices.cachedInput +
    written * prices.cacheWrite +
    usage.outputTokens * prices.output;
  return Math.ceil(sum / tokensPerPrice);
}

export function costOfInput(prices: Prices | undefined, tokens: number): number {
  return Math.ceil((tokens * (prices === undefined ? 0 : Math.max(prices.input, prices.cacheWrite))) / tokensPerPrice);
}

/** What may come out of it at most. */
export function outputTokensMost(deployment: Deployment, demands: CallDemands): number {
  return Math.min(demands.outputTokensMax ?? deployment.outputTokensMax, deployment.outputTokensMax);
}

/** The most a try may cost: what is reserved before it is sent. */
export function worstCost(deployment: Deployment, demands: CallDemands): number {
  if (deployment.prices === undefined) return 0;
  const output = outputTokensMost(deployment, demands) * deployment.prices.output;
  return costOfInput(deployment.prices, demands.inputTokensMost) + Math.ceil(output / tokensPerPrice);
}

/** What a try is expected to cost when `cachedTokens` of its input are in the provider's prompt cache. */
export function expectedCost(deployment: Deployment, demands: CallDemands, cachedTokens: number): number | undefined {
  const { prices } = deployment;
  if (prices === undefined) return undefined;
  const cached = Math.min(cachedTokens, demands.inputTokens);
  const output = Math.min(demands.outputTokens, deployment.outputTokensMax);
  const sum = (demands.inputTokens - cached) * prices.input + cached * prices.cachedInput + output * prices.output;
  return sum / tokensPerPrice;
}

/** What is saved by those tokens being in the cache; leaving the deployment gives it up. */
export function cacheSaving(deployment: Deployment, tokens: number): number {
  if (deployment.prices === undefined) return 0;
  return (tokens * Math.max(0, deployment.prices.input - deployment.prices.cachedInput)) / tokensPerPrice;
}
