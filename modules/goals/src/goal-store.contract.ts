// What every GoalStore must do, whatever keeps its rows. Call it with a way to open an empty store.
import { afterEach, beforeEach, describe } from 'vitest';
import { describeArchive } from './goal-store-archive.contract.ts';
import { describeWaitingAttempts } from './goal-store-attempts.contract.ts';
import { describeClaims } from './goal-store-claims.contract.ts';
import { Harness, type OpenStore } from './goal-store-harness.contract.ts';
import { describeLife } from './goal-store-life.contract.ts';
import { describePlans } from './goal-store-plans.contract.ts';
import { describeProjects } from './goal-store-projects.contract.ts';
import { describeStore } from './goal-store-store.contract.ts';
import { describeWaits } from './goal-store-waits.contract.ts';

export type { OpenStore, StoreClock } from './goal-store-harness.contract.ts';

/** The harness of the test that runs; made anew for each. */
export type Current = () => Harness;

export function describeGoalStore(name: string, open: OpenStore): void {
  describe(`goal store on ${name}`, () => {
    let harness: Harness;
    beforeEach(async () => {
      harness = await Harness.open(open);
    });
    afterEach(() => harness.store.close());
    for (const describePart of [
      describeLife,
      describeWaits,
      describeWaitingAttempts,
      describePlans,
      describeClaims,
      describeStore,
      describeArchive,
      describeProjects,
    ])
      describePart(() => harness);
  });
}
