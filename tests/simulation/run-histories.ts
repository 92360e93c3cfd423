// Runs a range of histories and prints one line of JSON: what failed, and which faults struck where.
//
//   node --conditions=chorale-source tests/simulation/run-histories.ts --from 1 --count 1000

import { parseArgs } from 'node:util';
import { runFairHistory } from './scenario/fair-history.ts';
import { runHistory } from './scenario/history.ts';

export interface HistoriesReport {
  readonly histories: number;
  readonly steps: number;
  readonly goals: number;
  /** Goals whose outcome the model said beforehand. */
  readonly predicted: number;
  readonly failures: readonly { readonly seed: number; readonly failure: string }[];
  /** How often each fault struck at each point. */
  readonly hits: { readonly [pair: string]: number };
}

/** One in so many seeds is a history of fairness besides. */
const fairEvery = 20;
/** After so many the rest is not worth waiting for. */
const failuresMax = 20;

async function runHistories(from: number, count: number): Promise<HistoriesReport> {
  const hits = new Map<string, number>();
  const failures: { seed: number; failure: string }[] = [];
  const totals = { histories: 0, steps: 0, goals: 0, predicted: 0 };
  for (let seed = from; seed < from + count && failures.length < failuresMax; seed++) {
    const result = await runHistory(seed);
    totals.histories += 1;
    totals.steps += result.steps;
    totals.goals += result.goals;
    totals.predicted += result.predicted;
    for (const [pair, times] of result.hits) hits.set(pair, (hits.get(pair) ?? 0) + times);
    const failure = result.failure ?? (seed % fairEvery === 0 ? runFairHistory(seed) : undefined);
    if (failure !== undefined) failures.push({ seed, failure });
  }
  return { ...totals, failures, hits: Object.fromEntries(hits) };
}

const { values } = parseArgs({
  options: { from: { type: 'string', default: '1' }, count: { type: 'string', default: '100' } },
});
console.log(JSON.stringify(await runHistories(Number(values.from), Number(values.count))));
