// H1 in full: see chaos.ts. CHORALE_CHAOS_GOALS and CHORALE_CHAOS_SEED make another size or another order of troubles.

import { expect, test } from 'vitest';
import { runChaos } from './chaos.ts';

const goals = Number(process.env['CHORALE_CHAOS_GOALS'] ?? 10_000);
const seed = Number(process.env['CHORALE_CHAOS_SEED'] ?? Date.now() % 100_000);

test(`${goals} goals of 20 tasks through everything that fails`, async () => {
  const report = await runChaos({
    goals,
    tasksPerGoal: 20,
    seed,
    leaseMs: 10_000,
    troubles: Math.ceil(goals / 8),
    openGoalsMax: 100,
    takesMsMax: 100,
    calmMsMax: 600_000,
    tell: (line) => console.log(line),
  });
  console.log(JSON.stringify({ seed, ...report }));
  expect(report.findings).toEqual([]);
  expect(report.acknowledged).toBe(goals);
  expect(report.cutOff, 'troubles hit work').toBeGreaterThan(0);
});
