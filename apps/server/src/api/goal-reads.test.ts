import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { Goal } from '@chorale/module-goals';
import { expect, test } from 'vitest';
import { GoalReads } from './goal-reads.ts';
import type { ApiServices } from './services.ts';

const goal = { tenantId: 'north' as TenantId, goalId: 'goal_1' as GoalId };

test('[API171] a version that nobody was given yet makes no old answer pass for a new one', async () => {
  let [now, reads] = [100, 0];
  const store = {
    findGoal: async () => ({ ...goal, version: (reads += 1) }) as Goal,
    onCommit: () => () => undefined,
    lagging: { reading: () => undefined, writtenUntil: () => now },
  } as unknown as ApiServices['store'];
  const goals = new GoalReads({ store });
  const ask = async (since: number): Promise<number | undefined> => (await goals.find(store, goal, since))?.version;
  expect(await ask(999_999_999_999_999)).toBe(2);
  // Changed by another process, whose hint is lost; whoever did that was told of version 150.
  now = 200;
  expect(await ask(150)).toBe(3);
  expect(await ask(150)).toBe(3);
  goals.close();
});
