// H1: what is left undone, or done twice, when everything fails, and how soon work goes on.

import { runChaos, type ChaosReport } from '../../../tests/chaos/chaos.ts';
import { runFullDisk } from '../../../tests/chaos/full-disk.ts';
import { fullLeaseMs, fullSize } from '../../../tests/chaos/full-size.ts';
import type { BenchContext } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';

const goalsFull = 10_000;
/** Of another size where the machine has other work: CHORALE_CHAOS_GOALS. */
const goalsShort = Number(process.env.CHORALE_CHAOS_GOALS ?? 1_000);

const goals: BenchPart['goals'] = [
  {
    id: 'H1a',
    title:
      'goals lost, stuck or failed, tasks run again, effects doubled, processes that ended, while everything fails',
    unit: 'findings',
    bar: 0,
    better: 'lower',
    notMeasured: `${goalsFull} goals without --full: ${goalsShort}; loss of a machine, or of a disk`,
  },
  {
    id: 'H1b',
    title: "from a worker's death until its tasks are claimed elsewhere, beyond its lease",
    unit: 's',
    bar: 2,
    better: 'lower',
    notMeasured: 'a backlog: workers have slots to spare',
  },
  {
    id: 'H1c',
    title: 'from the return of PostgreSQL until a task ends',
    unit: 's',
    bar: 5,
    better: 'lower',
    notMeasured: 'how long PostgreSQL itself takes to recover',
  },
  {
    id: 'H1d',
    title: 'goals lost, tasks run again, refusals that do not say why, while the disk of the embedded store fills',
    unit: 'findings',
    bar: 0,
    better: 'lower',
    notMeasured: 'a disk that fails: tests/durability',
  },
];

export const chaos: BenchPart = {
  goals,
  async *run(context) {
    if (context.wants('H1a', 'H1b', 'H1c')) yield* runTrial(context);
    if (!context.wants('H1d')) return;
    const { findings, acknowledged, refused, returnMs } = await runFullDisk(() => undefined);
    for (const finding of findings) context.note(finding);
    context.note(`full disk: ${acknowledged} goals acknowledged, ${refused} refused`);
    context.note(`full disk: the next goal was taken ${Math.round(returnMs)} ms after space had returned`);
    if (refused === 0) throw new Error('the disk was full, and nothing was refused: nothing was shown.');
    yield { id: 'H1d', measured: findings.length };
  },
};

async function* runTrial(context: BenchContext): AsyncGenerator<{ readonly id: string; readonly measured: number }> {
  const seed = Date.now() % 100_000;
  context.note(`seed ${seed}`);
  const lines: string[] = [];
  const size = fullSize(context.full ? goalsFull : goalsShort);
  const report = await runChaos({ ...size, seed, tell: (line) => lines.push(line) });
  describe(context, report);
  // Only then is it of use to anybody.
  if (report.findings.length > 0) for (const line of lines) context.note(line);
  if (report.cutOff === 0) throw new Error('no trouble hit any work: nothing was shown.');
  const damage = Object.values(report.damage).reduce((sum: number, count: number) => sum + count, 0);
  yield { id: 'H1a', measured: damage + (size.goals - Math.min(size.goals, report.acknowledged)) };
  if (report.recovery === undefined) return;
  const { takeoversMs, returnsMs } = report.recovery;
  yield { id: 'H1b', measured: (Math.max(...takeoversMs) - fullLeaseMs) / 1_000 };
  yield { id: 'H1c', measured: Math.max(...returnsMs) / 1_000 };
}

function describe(context: BenchContext, { acknowledged, cutOff, again, asked, ...rest }: ChaosReport): void {
  const { troubles, findings, damage, recovery } = rest;
  const made = Object.values(troubles).reduce((sum, count) => sum + count, 0);
  context.note(`${acknowledged} goals acknowledged, ${made} troubles, ${cutOff} attempts cut off`);
  context.note(`${again} calls came again under their key, ${asked} were asked about`);
  for (const [trouble, count] of Object.entries(troubles)) context.note(`  ${count} x ${trouble}`);
  context.note(JSON.stringify({ damage, ...recovery }));
  for (const finding of findings) context.note(finding);
}
