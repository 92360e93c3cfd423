// H1, small: see chaos.ts. The full size is chaos.rabbitmq.redis.pg.soak.test.ts.

import { expect, test } from 'vitest';
import { runChaos } from './chaos.ts';

const seed = Number(process.env['CHORALE_CHAOS_SEED'] ?? Date.now() % 100_000);

test('nothing acknowledged is lost, done twice or left behind, whatever fails', { timeout: 240_000 }, async () => {
  const lines: string[] = [];
  const report = await runChaos({
    goals: 60,
    tasksPerGoal: 20,
    seed,
    leaseMs: 4_000,
    troubles: 14,
    openGoalsMax: 12,
    takesMsMax: 250,
    calmMsMax: 120_000,
    tell: (line) => lines.push(line),
  });
  const { acknowledged, damage, findings, cutOff } = report;
  expect(findings, `seed ${seed}\n${lines.join('\n')}`).toEqual([]);
  expect(damage).toEqual({ lost: 0, stuck: 0, failed: 0, rerun: 0, doubled: 0, missed: 0, unfenced: 0 });
  expect(acknowledged).toBe(60);
  expect(cutOff, 'troubles hit work').toBeGreaterThan(0);
});

test('the trial finds effects that are had again by whoever takes a task over', { timeout: 240_000 }, async () => {
  const { damage } = await runChaos({
    goals: 30,
    tasksPerGoal: 20,
    // Troubles that hit workers at work, for certain: of another order few may.
    seed: 3,
    leaseMs: 4_000,
    troubles: 14,
    openGoalsMax: 12,
    takesMsMax: 600,
    calmMsMax: 60_000,
    fault: 'own-keys',
    tell: () => undefined,
  });
  expect(damage.doubled).toBeGreaterThan(0);
});
