// S4: every hostile value in every route of the description, on a server of its own, and how long the slowest answer took.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchContext, BenchGoal, Measurement } from '../../harness/index.ts';
import { findFault, routeAttacks, send } from '../../../tests/bad-inputs/attack-routes.ts';
import { injections, naughtyStrings, wrongKinds } from '../../../tests/bad-inputs/hostile-values.ts';
import { openTarget, type OpenTarget } from '../../../tests/bad-inputs/open-target.ts';
import type { BenchPart } from '../part.ts';

/** They wait for something to come, as long as they were asked to. */
const waiting: ReadonlySet<string> = new Set(['awaitAnswer', 'takeMessages']);

const notMeasured = 'what comes in by other ways than HTTP';

const goals: readonly BenchGoal[] = [
  {
    id: 'S4',
    title: 'answers with 5xx, with words of the inside, or none',
    unit: 'answers',
    bar: 0,
    better: 'lower',
    notMeasured,
  },
  {
    id: 'S4-requests',
    title: 'requests: every value in every route',
    unit: 'requests',
    bar: 50_000,
    better: 'higher',
    notMeasured,
  },
  {
    id: 'S4-slowest',
    title: 'the slowest answer',
    unit: 'ms',
    bar: 5_000,
    better: 'lower',
    notMeasured: 'routes that wait on purpose',
  },
];

export const badInputs: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants('S4', 'S4-requests', 'S4-slowest')) return;
    const folder = join(context.scratch, 'bad-inputs');
    await mkdir(join(folder, 'cwd'), { recursive: true });
    const target = await openTarget(folder);
    try {
      yield* measure(context, target, folder);
    } finally {
      await target.close();
    }
  },
};

async function* measure(context: BenchContext, target: OpenTarget, folder: string): AsyncGenerator<Measurement> {
  const values = [...naughtyStrings(), ...injections, ...wrongKinds];
  let requests = 0;
  let faults = 0;
  let slowest = { tookMs: 0, operation: '' };
  for (const [operation, attack] of routeAttacks(target.description, target)) {
    for (const [turn, value] of values.entries()) {
      const answered = await send(target.baseUrl, attack(value, turn)).catch((error: Error) => ({
        status: 599,
        text: error.message,
        tookMs: 0,
      }));
      requests += 1;
      if (answered.tookMs > slowest.tookMs && !waiting.has(operation)) slowest = { tookMs: answered.tookMs, operation };
      const fault = findFault(answered, [folder]);
      if (fault === undefined) continue;
      faults += 1;
      if (faults <= 10) context.note(`${operation} with ${JSON.stringify(value).slice(0, 80)}: ${fault}`);
    }
  }
  context.note(`the slowest was ${slowest.operation}`);
  yield { id: 'S4', measured: faults };
  yield { id: 'S4-requests', measured: requests };
  yield { id: 'S4-slowest', measured: slowest.tookMs };
}
