// Seeded histories of a cluster in trouble, over the production modules.

import { describe, expect, test } from 'vitest';
import { runJobs, runScript } from './child-process.ts';
import { frequentPairs } from './kernel/failpoints.ts';
import { joinReports, replayLines } from './histories.ts';
import type { HistoriesReport } from './run-histories.ts';
import { runHistory } from './scenario/history.ts';

const histories = 2_000;
const perProcess = 250;

describe('the simulator', { timeout: 600_000 }, () => {
  test(`[G1] [G2] [T1] [T2] [T5] [L1] [C1] [E1] [J2] every rule holds in ${histories} histories full of faults`, async () => {
    const starts = Array.from({ length: histories / perProcess }, (_, index) => 1 + index * perProcess);
    const run = (from: number) =>
      runScript<HistoriesReport>('run-histories.ts', ['--from', String(from), '--count', String(perProcess)]);
    const report = joinReports(await runJobs(starts, run, { atOnce: 2 }));
    expect(replayLines(report)).toEqual([]);
    expect(report.histories).toBe(histories);
    // Enough goals were left in peace for the model to say how they end.
    expect(report.predicted).toBeGreaterThan(histories);
    expect(frequentPairs.filter((pair) => report.hits[pair] === undefined)).toEqual([]);
  });

  test('a seed replays: the same events at the same times', async () => {
    for (const seed of [3, 14, 159]) {
      const [first, second] = [await runHistory(seed), await runHistory(seed, { trace: true })];
      expect(second).toMatchObject({ hash: first.hash, steps: first.steps });
      expect(second.trace?.length).toBeGreaterThan(0);
    }
    expect((await runHistory(1)).hash).not.toBe((await runHistory(2)).hash);
  });
});
