// H1 as it is stated, for any number of goals: leases as long as a cluster would have them, a broker that dies too, and the
// measure of how soon work goes on.

import type { ChaosOptions } from './chaos.ts';

export const fullLeaseMs = 10_000;
const goalsPerTrouble = 20;

export function fullSize(goals: number): Omit<ChaosOptions, 'seed' | 'tell'> {
  return {
    goals,
    tasksPerGoal: 20,
    leaseMs: fullLeaseMs,
    troubles: Math.max(40, Math.ceil(goals / goalsPerTrouble)),
    openGoalsMax: 100,
    takesMsMax: 100,
    calmMsMax: 600_000,
    ownsBroker: true,
    // The database is away for less than a lease, and for more.
    recovery: { deaths: 5, awaysMs: [1_000, 5_000, 15_000, 15_000] },
  };
}
