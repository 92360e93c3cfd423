// npm run simulate -- [--seed N] [--count M] [--trace]: replays histories of the simulator by their seeds.

import { parseArgs } from 'node:util';
import { runHistory } from '../../tests/simulation/scenario/history.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const [first, count] = [Number(values.seed), Number(values.count)];
const began = performance.now();
const totals = { failed: 0, steps: 0, predicted: 0 };
for (let seed = first; seed < first + count; seed++) {
  const { failure, steps, predicted, goals, hash, trace } = await runHistory(seed, { trace: values.trace });
  totals.steps += steps;
  totals.predicted += predicted;
  for (const line of trace ?? []) console.log(line);
  if (failure !== undefined) totals.failed += 1;
  if (failure !== undefined || count === 1)
    console.log(`seed ${seed}: ${failure ?? 'every rule held'} (${steps} steps, ${goals} goals, ${hash})`);
}
const seconds = (performance.now() - began) / 1_000;
console.log(
  `${count} histories, ${totals.failed} failed, ${totals.steps} steps, ${totals.predicted} goals predicted, ${(count / seconds).toFixed(1)} histories/s`,
);
process.exitCode = totals.failed === 0 ? 0 : 1;
