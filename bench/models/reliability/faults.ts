// R4: every fault before the first byte of an answer, at all deployments of a model but one, over HTTP.

import { outOfMoney, tryFaults } from '../../../tests/models/fault-trial.ts';
import type { BenchGoal } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';

const callsEach = 100;
/** The one that found out, and one more. */
const requestsAllowed = 1;

const standIns = 'providers as they are: the stand-ins fail by the published rules, every time, and heal never';

const goals: readonly BenchGoal[] = [
  {
    id: 'R4',
    title: `calls that are answered while one of three deployments works, ${callsEach} for each fault`,
    unit: '%',
    bar: 100,
    better: 'higher',
    notMeasured: `${standIns}; silence without hedging, which is noticed after a minute`,
  },
  {
    id: 'R4-quota',
    title: 'requests to a deployment after it said that its quota or credit is used up',
    unit: 'requests',
    bar: requestsAllowed,
    better: 'lower',
    notMeasured: 'the hours until a real quota begins anew: the tests of the router pass them by a clock of their own',
  },
  {
    id: 'R4-amplification',
    title: 'requests to providers for each call, over all faults',
    unit: 'x',
    bar: 1.1,
    better: 'lower',
    notMeasured: 'callers that try again by themselves',
  },
];

export const faults: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants(...goals.map(({ id }) => id))) return;
    const findings = await tryFaults({ callsEach });
    const sum = { calls: 0, answered: 0, requests: 0, afterMoney: 0 };
    for (const { fault, calls, answered, requests, requestsToOneBroken, failures } of findings) {
      context.note(`${fault}: ${answered} of ${calls} answered, ${requests} requests ${failures.join('; ')}`);
      sum.calls += calls;
      sum.answered += answered;
      sum.requests += requests;
      if (outOfMoney.has(fault)) sum.afterMoney = Math.max(sum.afterMoney, requestsToOneBroken - 1);
    }
    yield { id: 'R4', measured: (100 * sum.answered) / sum.calls };
    yield { id: 'R4-quota', measured: sum.afterMoney };
    yield { id: 'R4-amplification', measured: sum.requests / sum.calls };
  },
};
