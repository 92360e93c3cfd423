// R6: personal data and secrets in generated texts: found, not imagined, restored, and never sent unseen.

import type { BenchContext, BenchGoal, Measurement } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { makeCorpus } from './make-corpus.ts';
import { crashDetectors, restoreStreamCutEverywhere, restoreTextCutEverywhere, type Tries } from './restoration.ts';
import { scoreCorpus } from './score.ts';

const samples = 12_000;
const seed = 20_261;

const generated =
  'names, postal addresses and dates of birth, which need a model; and what the generator does not think of';

const goals: readonly BenchGoal[] = [
  {
    id: 'R6',
    title: 'planted personal data and secrets that are found whole',
    unit: 'recall',
    bar: 0.99,
    better: 'higher',
    notMeasured: generated,
  },
  {
    id: 'R6-precision',
    title: 'of what is found, the share that was planted',
    unit: 'precision',
    bar: 0.98,
    better: 'higher',
    notMeasured: 'how often real texts hold look-alikes',
  },
  {
    id: 'R6-restored',
    title: 'masked texts and streams of four wires that come back the same, cut at every byte',
    unit: '%',
    bar: 100,
    better: 'higher',
    notMeasured: 'models that change a placeholder when they repeat it',
  },
  {
    id: 'R6-blocked',
    title: 'calls that end when a detector fails',
    unit: '%',
    bar: 100,
    better: 'higher',
    notMeasured: 'a detector that finds nothing because it is wrong',
  },
];

export const personalData: BenchPart = {
  goals,
  async *run(context) {
    if (context.wants(...goals.map(({ id }) => id))) yield* measure(context);
  },
};

function* measure(context: BenchContext): Generator<Measurement> {
  const corpus = makeCorpus(samples, seed);
  const { byKind, wrong, recall, precision } = scoreCorpus(corpus);
  const kinds = [...byKind].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const planted = kinds.reduce((sum, [, tally]) => sum + tally.planted, 0);
  context.note(`${samples} texts, ${planted} planted values; found whole, by kind:`);
  for (const [kind, tally] of kinds) context.note(`  ${kind}: ${tally.found} of ${tally.planted}`);
  for (const [what, count] of wrong) context.note(`  wrong: ${count} x ${what}`);
  context.note(`recall ${recall.toFixed(5)}, precision ${precision.toFixed(5)}`);
  const text = restoreTextCutEverywhere(corpus.slice(0, 200));
  const streams = restoreStreamCutEverywhere(corpus.filter((sample) => sample.text.length < 250).slice(0, 6));
  context.note(`restored: ${describe(text)} texts cut in two; ${describe(streams)} streams cut in two`);
  const blocked = crashDetectors(corpus.slice(0, 500));
  context.note(`blocked when a detector fails: ${describe(blocked)} calls`);
  const measured: Readonly<Record<string, number>> = {
    R6: recall,
    'R6-precision': precision,
    'R6-restored': (100 * (text.right + streams.right)) / (text.tried + streams.tried),
    'R6-blocked': (100 * blocked.right) / blocked.tried,
  };
  for (const [id, value] of Object.entries(measured)) if (context.wants(id)) yield { id, measured: value };
}

const describe = ({ tried, right }: Tries): string => `${right} of ${tried}`;
