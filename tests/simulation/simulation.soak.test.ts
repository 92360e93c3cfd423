// The long run: a hundred thousand histories, and every pair of point and fault.

import { describe, expect, test } from 'vitest';
import { runJobs, runScript } from './child-process.ts';
import { allPairs } from './kernel/failpoints.ts';
import { joinReports, replayLines } from './histories.ts';
import type { HistoriesReport } from './run-histories.ts';

const histories = 100_000;
const perProcess = 1_000;

describe('the simulator', () => {
  test(`[G1] [G2] [T1] [T2] [T5] [L1] [C1] [E1] [J2] every rule holds in ${histories} histories, through every pair of point and fault`, async () => {
    // Other seeds than the short run's.
    const starts = Array.from({ length: histories / perProcess }, (_, index) => 1_000_000 + index * perProcess);
    const run = (from: number) =>
      runScript<HistoriesReport>('run-histories.ts', ['--from', String(from), '--count', String(perProcess)]);
    const report = joinReports(await runJobs(starts, run, { atOnce: 2 }));
    for (const pair of allPairs) console.log(`${String(report.hits[pair] ?? 0).padStart(8)} ${pair}`);
    expect(replayLines(report)).toEqual([]);
    expect(report.histories).toBe(histories);
    expect(allPairs.filter((pair) => report.hits[pair] === undefined)).toEqual([]);
  });
});
