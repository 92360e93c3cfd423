// S1: whether one tenant, or one project, can reach another. S8: what it costs to ask who asks. And what row-level security costs the engine.

import { join } from 'node:path';
import type { BenchContext, BenchGoal, Measurement } from '../../harness/index.ts';
import { probe, type Probed } from '../../../tests/access/cross-tenant.ts';
import { openTwoProjects } from '../../../tests/access/two-projects.ts';
import { openTwoTenants } from '../../../tests/access/two-tenants.ts';
import { makeDatabase } from '../../engine/own-database.ts';
import type { BenchPart } from '../part.ts';
import { measureAccessCost } from './access-cost.ts';
import { measureIsolationCost } from './isolation-cost.ts';

const probes = 100_000;
const seed = 4_711;

const goals: readonly BenchGoal[] = [
  {
    id: 'S1',
    title:
      'requests of one tenant, by every role to every route, that show or change something of another, of 100,000 on PostgreSQL',
    unit: 'leaks',
    bar: 0,
    better: 'lower',
    notMeasured: 'the rights of an administrator of the database',
  },
  {
    id: 'S1-projects',
    title:
      'requests of one project, by every role in it and with keys for it, that show or change something of another of the tenant, of 100,000 on PostgreSQL',
    unit: 'leaks',
    bar: 0,
    better: 'lower',
    notMeasured: 'bugs that only row-level security would hold: that is by tenant',
  },
  {
    id: 'S8',
    title: 'cost of knowing who asks and deciding whether they may, of the CPU time of a request for 20 goals',
    unit: '%',
    bar: 15,
    better: 'lower',
    notMeasured: 'acts that are written to the audit log: that is a commit each',
  },
  {
    id: 'S8-isolation',
    title:
      'cost of row-level security, of the CPU time of a task that the engine ends on PostgreSQL, both programs together',
    unit: '%',
    bar: 5,
    better: 'lower',
    notMeasured: 'naming the tenants of a transaction, which goes along with its begin',
  },
];

export const tenantIsolation: BenchPart = {
  goals,
  async *run(context) {
    if (context.wants('S1')) yield* measureLeaks(context, 'S1', openTwoTenants);
    if (context.wants('S1-projects')) yield* measureLeaks(context, 'S1-projects', openTwoProjects);
    if (context.wants('S8')) {
      const { withAccess, without, percent } = await measureAccessCost(join(context.scratch, 'access-cost'));
      context.note(`CPU of a request: ${withAccess.toFixed(0)} us, without access control ${without.toFixed(0)} us`);
      yield { id: 'S8', measured: percent };
    }
    if (context.wants('S8-isolation')) {
      const { withPolicies, without, percent } = await measureIsolationCost();
      context.note(`CPU of a task: ${withPolicies.toFixed(1)} us, without policies ${without.toFixed(1)} us`);
      yield { id: 'S8-isolation', measured: percent };
    }
  },
};

async function* measureLeaks(
  context: BenchContext,
  id: string,
  open: (folder: string, database: string) => Promise<Probed & { close(): Promise<void> }>,
): AsyncGenerator<Measurement> {
  const database = await makeDatabase();
  const at = await open(join(context.scratch, id), database.url);
  try {
    const { leaks, statuses } = await probe(at, probes, seed);
    for (const leak of leaks.slice(0, 20)) context.note(leak);
    const counted = [...statuses].toSorted(([left], [right]) => left - right);
    context.note(`answers: ${counted.map(([status, count]) => `${count} of ${status}`).join(', ')}`);
    yield { id, measured: leaks.length };
  } finally {
    await at.close();
    await database.drop();
  }
}
