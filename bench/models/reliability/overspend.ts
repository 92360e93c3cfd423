// R5: many clients spend one key's budget over every route, while the server is killed and started again.

import { tryToOverspend } from '../../../tests/models/overspend-trial.ts';
import type { BenchGoal } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';

const size = { clients: 64, callsEach: 1_000, budgetUsd: 4, crashes: 4 };

const goals: readonly BenchGoal[] = [
  {
    id: 'R5',
    title: `overspend of ${size.clients} clients with ${size.callsEach} calls each on one key, all routes, ${size.crashes} kills`,
    unit: 'USD',
    bar: 0,
    better: 'lower',
    notMeasured: 'power cuts, and several servers on one PostgreSQL: tests/durability has those of the store',
  },
];

export const overspend: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants('R5')) return;
    const found = await tryToOverspend(size);
    const { answeredByRoute, otherErrors, ...sums } = found;
    context.note(`of a budget of ${size.budgetUsd} USD: ${JSON.stringify(sums)}`);
    context.note(`answered by route: ${JSON.stringify(answeredByRoute)}`);
    for (const error of otherErrors) context.note(`another error: ${error}`);
    yield { id: 'R5', measured: found.overspentUsd };
  },
};
