import { expect, test } from 'vitest';
import { tryToOverspend } from './overspend-trial.ts';

test(
  '[RT30, RT38] no route spends more than the key’s budget, though the server is killed while they do',
  { timeout: 120_000 },
  async () => {
    const found = await tryToOverspend({ clients: 16, callsEach: 60, budgetUsd: 0.8, crashes: 2 });
    expect(found.otherErrors).toEqual([]);
    expect(found.overspentUsd).toBe(0);
    expect(found.countedUsd).toBeGreaterThanOrEqual(found.chargedUsd);
    expect(found.countedUsd).toBeLessThanOrEqual(0.8);
    expect(Object.keys(found.answeredByRoute)).toHaveLength(9);
    expect(found.refusedByBudget).toBeGreaterThan(0);
    expect(found.cutOff).toBeGreaterThan(0);
  },
);
