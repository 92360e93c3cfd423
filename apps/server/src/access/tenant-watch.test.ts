import type { TenantId } from '@chorale/lib-ids';
import type { EngineLimits } from '@chorale/module-goals';
import { expect, test } from 'vitest';
import { createBrakes } from './tenant-watch.ts';

test('[TN3] the engine is told what the register says when that changes, and what runs is handed back each time', async () => {
  const told: EngineLimits[] = [];
  const handedBack: string[][] = [];
  const limits = { lanes: [], tenantWeights: { north: 2 } } as unknown as EngineLimits;
  const apply = createBrakes({
    store: { configure: async (given) => void told.push(given) },
    limits,
    handBack: (stopped) => handedBack.push([...stopped]),
  });
  const say = (
    stopped: readonly string[],
    runningMax: Readonly<Record<string, number>> = {},
    ofProjects: Readonly<Record<string, number>> = {},
  ): Promise<void> =>
    apply({
      stopped: () => stopped as readonly TenantId[],
      runningMax: () => runningMax,
      projectsRunningMax: () => ofProjects,
    });
  await say([]);
  expect(told).toEqual([]);
  await say(['north'], { south: 3 });
  await say(['north'], { south: 3 });
  expect(told).toEqual([{ ...limits, stoppedTenants: ['north'], tenantRunningMax: { south: 3 } }]);
  // Twice: a claim may have been under way when it was stopped.
  expect(handedBack).toEqual([['north'], ['north']]);
  await say([]);
  expect(told.at(-1)).toMatchObject({ lanes: [], stoppedTenants: [], tenantRunningMax: {} });
  await say([], {}, { 'north:alpha': 2 });
  expect(told.at(-1)).toMatchObject({ lanes: [{ scope: 'project:north:alpha', maxRunning: 2 }] });
});
