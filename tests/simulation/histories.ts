// What many processes found, put together, and said so that a person can go on from there.

import type { HistoriesReport } from './run-histories.ts';

export function joinReports(reports: readonly HistoriesReport[]): HistoriesReport {
  const hits: Record<string, number> = {};
  for (const report of reports)
    for (const [pair, times] of Object.entries(report.hits)) hits[pair] = (hits[pair] ?? 0) + times;
  const sum = (of: (report: HistoriesReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    histories: sum((report) => report.histories),
    steps: sum((report) => report.steps),
    goals: sum((report) => report.goals),
    predicted: sum((report) => report.predicted),
    failures: reports.flatMap((report) => report.failures),
    hits,
  };
}

/** One line for each history that broke a rule: the seed, the rule, and the command that shows it step by step. */
export function replayLines({ failures }: HistoriesReport): readonly string[] {
  return failures.map(
    ({ seed, failure }) => `seed ${seed}: ${failure}; replay: npm run simulate -- --seed ${seed} --trace`,
  );
}
