// H1, small: see chaos.ts. The full size is chaos.rabbitmq.redis.pg.soak.test.ts.

import { expect, test } from 'vitest';
import { runChaos } from './chaos.ts';

const seed = Number(process.env['CHORALE_CHAOS_SEED'] ?? Date.now() % 100_000);
const goals = 30;

test('nothing acknowledged is lost, done twice or left behind, whatever fails', { timeout: 240_000 }, async () => {
  const lines: string[] = [];
  const report = await runChaos({
    goals,
    tasksPerGoal: 20,
    seed,
    leaseMs: 5_000,
    // As many as there are kinds.
    troubles: 20,
    openGoalsMax: 12,
    takesMsMax: 200,
    calmMsMax: 120_000,
    tell: (line) => lines.push(line),
  });
  const { acknowledged, damage, findings, cutOff } = report;
  expect(findings, `seed ${seed}\n${lines.join('\n')}`).toEqual([]);
  expect(Object.values(damage).every((count) => count === 0)).toBe(true);
  expect(acknowledged).toBe(goals);
  expect(cutOff, 'troubles hit work').toBeGreaterThan(0);
});

test('the trial finds effects that are had again by whoever takes a task over', { timeout: 240_000 }, async () => {
  const { damage, cutOff } = await runChaos({
    goals: 6,
    tasksPerGoal: 20,
    seed,
    leaseMs: 5_000,
    troubles: 2,
    // Whoever is killed has a call under way, which is made again under another key: nothing is left to chance.
    only: ['a worker is killed'],
    openGoalsMax: 6,
    takesMsMax: 200,
    calmMsMax: 120_000,
    fault: 'own-keys',
    tell: () => undefined,
  });
  expect(cutOff).toBeGreaterThan(0);
  expect(damage.doubled).toBeGreaterThan(0);
});
