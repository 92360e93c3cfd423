// R7: random histories from any provider to any other, over HTTP.

import { openHandoffTrial, speakerNames } from '../../../tests/models/handoff-trial.ts';
import type { BenchGoal } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';

const histories = 1_000;
/** At once; each pair goes one after another. */
const pairsAtOnce = 4;

const goals: readonly BenchGoal[] = [
  {
    id: 'R7',
    title: `pairs of providers with a history that was refused, of ${speakerNames.length ** 2}, ${histories} histories each`,
    unit: 'pairs',
    bar: 0,
    better: 'lower',
    notMeasured: 'what the vendors would say: the stand-ins know their published rules; Mistral and Bedrock have none',
  },
];

export const handoff: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants('R7')) return;
    const trial = await openHandoffTrial();
    try {
      const pairs = speakerNames.flatMap((from) => speakerNames.map((to) => ({ from, to, histories })));
      let refused = 0;
      const next = async (): Promise<void> => {
        for (let pair = pairs.shift(); pair !== undefined; pair = pairs.shift()) {
          const [first] = await trial.handOver(pair);
          if (first === undefined) continue;
          refused++;
          context.note(`from ${pair.from} to ${pair.to}: ${JSON.stringify(first).slice(0, 500)}`);
        }
      };
      await Promise.all(Array.from({ length: pairsAtOnce }, next));
      yield { id: 'R7', measured: refused };
    } finally {
      await trial.close();
    }
  },
};
