// H1 in full: see chaos.ts. CHORALE_CHAOS_GOALS and CHORALE_CHAOS_SEED make another size or another order of troubles.

import { expect, test } from 'vitest';
import { runChaos } from './chaos.ts';
import { fullLeaseMs, fullSize } from './full-size.ts';

const goals = Number(process.env['CHORALE_CHAOS_GOALS'] ?? 10_000);
const seed = Number(process.env['CHORALE_CHAOS_SEED'] ?? Date.now() % 100_000);

test(`${goals} goals of 20 tasks through everything that fails`, async () => {
  const report = await runChaos({ ...fullSize(goals), seed, tell: (line) => console.log(line) });
  console.log(JSON.stringify({ seed, ...report }));
  expect(report.findings).toEqual([]);
  expect(report.acknowledged).toBeGreaterThanOrEqual(goals);
  expect(report.cutOff, 'troubles hit work').toBeGreaterThan(0);
  const { takeoversMs, returnsMs } = report.recovery!;
  expect(Math.max(...takeoversMs)).toBeLessThanOrEqual(fullLeaseMs + 2_000);
  expect(Math.max(...returnsMs)).toBeLessThanOrEqual(5_000);
});
