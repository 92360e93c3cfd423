// What a stand-in would charge, and for which conversations it was paid more than once.
//
// Invariants: MT1 an answer is paid for when it was made, even when the line broke before its end: the vendor computed it.
//             MT2 a request that was refused costs nothing.

import { createHash } from 'node:crypto';
import type { BrainRequest } from './brain.ts';
import { noTokens, type TokenUse } from './tokens.ts';

/** Nano-dollars (10^-9 USD) for a million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
}

/** By model. */
export type Prices = Readonly<Record<string, Price>>;

export interface Totals {
  readonly requests: number;
  /** Answers that were sent to their end. */
  readonly completed: number;
  /** Answers that were made and broke off on the way. */
  readonly broken: number;
  readonly refused: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  /** Nano-dollars. */
  readonly cost: number;
}

export type Outcome = 'completed' | 'broken' | 'refused';

export interface MeteredRequest {
  readonly key: string;
  readonly model: string;
  readonly outcome: Outcome;
  readonly use: TokenUse;
  /** Undefined for what is not a conversation. */
  readonly fingerprint: string | undefined;
}

export interface Meter {
  record(request: MeteredRequest): number;
  total(): Totals;
  of(key: string): Totals;
  /** Completed answers to one conversation. */
  repliesTo(fingerprint: string): number;
  /** Conversations that were answered to the end, and paid, more than once. */
  repeated(): readonly { readonly fingerprint: string; readonly replies: number }[];
}

const noTotals: Totals = {
  requests: 0,
  completed: 0,
  broken: 0,
  refused: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  cost: 0,
};

const tokensPerPrice = 1_000_000;

/** Nano-dollars, rounded up once for the whole request. */
export function costOf(use: TokenUse, price: Price | undefined): number {
  if (price === undefined) return 0;
  const plain = use.input - use.cachedInput - use.cacheWrite;
  const sum =
    plain * price.input +
    use.cachedInput * (price.cachedInput ?? price.input) +
    use.cacheWrite * (price.cacheWrite ?? price.input) +
    use.output * price.output;
  return Math.ceil(sum / tokensPerPrice);
}

function addTo(totals: Totals, { outcome, use }: MeteredRequest, cost: number): Totals {
  return {
    requests: totals.requests + 1,
    completed: totals.completed + (outcome === 'completed' ? 1 : 0),
    broken: totals.broken + (outcome === 'broken' ? 1 : 0),
    refused: totals.refused + (outcome === 'refused' ? 1 : 0),
    inputTokens: totals.inputTokens + use.input,
    outputTokens: totals.outputTokens + use.output,
    cachedInputTokens: totals.cachedInputTokens + use.cachedInput,
    cacheWriteTokens: totals.cacheWriteTokens + use.cacheWrite,
    cost: totals.cost + cost,
  };
}

/** Several stand-ins may share one: then a call repeated at another vendor is seen too. */
export function createMeter(prices: Prices = {}): Meter {
  let all = noTotals;
  const byKey = new Map<string, Totals>();
  const replies = new Map<string, number>();
  return {
    record(request) {
      const metered = request.outcome === 'refused' ? { ...request, use: noTokens } : request;
      const cost = costOf(metered.use, prices[metered.model]);
      all = addTo(all, metered, cost);
      byKey.set(metered.key, addTo(byKey.get(metered.key) ?? noTotals, metered, cost));
      if (metered.outcome === 'completed' && metered.fingerprint !== undefined) {
        replies.set(metered.fingerprint, (replies.get(metered.fingerprint) ?? 0) + 1);
      }
      return cost;
    },
    total: () => all,
    of: (key) => byKey.get(key) ?? noTotals,
    repliesTo: (fingerprint) => replies.get(fingerprint) ?? 0,
    repeated: () =>
      [...replies].filter(([, count]) => count > 1).map(([fingerprint, count]) => ({ fingerprint, replies: count })),
  };
}

/** The same for the same conversation, whichever vendor it is held with: ids and signatures do not count. */
export function fingerprintOf(request: Pick<BrainRequest, 'system' | 'messages'>): string {
  const said = request.messages.map(({ role, text, images, toolCalls, toolResults }) => [
    role,
    text,
    images,
    toolCalls.map((call) => [call.name, call.arguments]),
    toolResults.map((result) => result.content),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([request.system, said]))
    .digest('hex')
    .slice(0, 32);
}
