// R8: whether a router that learned from outcomes knows which questions need the stronger model.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { refused } from '@chorale/lib-errors';
import type { LearnedQuality } from '@chorale/module-models';
import { p99, type BenchContext, type Measurement } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { averageGapRecovered, shareToRecover, type Scored } from './gap-recovered.ts';
import { crossValidate, expectGain, score, train, validateThreshold } from './measure.ts';
import { readQuestions, type Question } from './outcomes.ts';

const folds = 5;
/** What other processes do to the clock only ever adds. */
const decisionRounds = 9;
/** Where the data lies beside the checkout, when --data does not say. */
const dataBeside = join(import.meta.dirname, '../../../../shared/data/routing-mmlu');

export const learnedRouting: BenchPart = {
  goals: [
    {
      id: 'R8',
      title:
        'learned routing between a weaker and a stronger model: APGR (random 0.5) on data the training did not see',
      unit: 'APGR',
      bar: 0.66,
      better: 'higher',
      notMeasured: 'other tenants, models or kinds of prompts: what is learned does not transfer',
    },
    {
      id: 'R8-decision',
      title: 'learned routing, one decision: p99 from the prompt to the expected gain, in the calmest of 9 rounds',
      unit: 'us',
      bar: 200,
      better: 'lower',
      notMeasured: 'the rest of the route: filters, breakers, budgets',
    },
  ],
  async *run(context) {
    if (context.wants('R8', 'R8-decision')) yield* measure(context);
  },
};

function* measure(context: BenchContext): Generator<Measurement> {
  const from = context.data ?? dataBeside;
  if (!existsSync(from)) throw refused('bench-data-missing', `R8 reads --data PATH; there is nothing at ${from}.`);
  const { weak, strong, questions } = readQuestions(from);
  context.note(`${questions.length} questions to learn from; weaker ${weak}, stronger ${strong}`);
  const heldOut = context.heldOut === undefined ? undefined : readQuestions(context.heldOut, strong).questions;
  const learned = train(questions);
  if (context.wants('R8')) {
    const found = heldOut === undefined ? judgeByFolds(context, questions) : judge(context, learned, heldOut);
    noteThresholds(context, learned, found);
    yield { id: 'R8', measured: averageGapRecovered(found) };
  }
  const prompts = (heldOut ?? questions).map(({ prompt }) => prompt);
  const micros = timeDecisions(learned, prompts);
  context.note(`one decision: p99 ${micros.toFixed(0)} us`);
  if (context.wants('R8-decision')) yield { id: 'R8-decision', measured: micros };
}

function judgeByFolds(context: BenchContext, questions: readonly Question[]): readonly Scored[] {
  const scored = crossValidate(questions, folds);
  const each = scored.map((fold) => averageGapRecovered(fold));
  const mean = each.reduce((sum, value) => sum + value, 0) / folds;
  const deviation = Math.sqrt(each.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (folds - 1));
  context.note(`no --eval: ${folds} folds of --data, each judged by a training on the others`);
  context.note(
    `APGR by fold ${each.map((value) => value.toFixed(3)).join(' ')}, mean ${mean.toFixed(4)} +- ${deviation.toFixed(4)}`,
  );
  return scored.flat();
}

function judge(context: BenchContext, learned: LearnedQuality, heldOut: readonly Question[]): readonly Scored[] {
  context.note(`judged on ${heldOut.length} questions of --eval`);
  return score(learned, heldOut);
}

function noteThresholds(context: BenchContext, learned: LearnedQuality, judged: readonly Scored[]): void {
  const byLength = judged.map(({ question }) => ({ question, gain: question.prompt.length }));
  context.note(`the longest prompts first instead: APGR ${averageGapRecovered(byLength).toFixed(4)}`);
  const gap = sumGains(judged);
  for (const kept of [0.5, 0.8]) {
    const threshold = validateThreshold(learned, kept);
    const above = judged.filter(({ gain }) => gain >= threshold);
    const share = above.length / judged.length;
    context.note(
      `threshold ${threshold.toFixed(3)}, chosen on validation to keep ${kept * 100} % of the advantage: keeps ` +
        `${((sumGains(above) / gap) * 100).toFixed(1)} % with ${(share * 100).toFixed(1)} % of calls to the stronger ` +
        `(the best line in hindsight: ${(shareToRecover(judged, kept) * 100).toFixed(1)} %)`,
    );
  }
}

const sumGains = (scored: readonly Scored[]): number =>
  scored.reduce((sum, { question }) => sum + Number(question.strongGood) - Number(question.weakGood), 0);

function timeDecisions(learned: LearnedQuality, prompts: readonly string[]): number {
  const rounds = Array.from({ length: decisionRounds }, () =>
    prompts.map((prompt) => {
      const began = performance.now();
      expectGain(learned, prompt);
      return (performance.now() - began) * 1_000;
    }),
  );
  return Math.min(...rounds.map((micros) => p99(micros)));
}
