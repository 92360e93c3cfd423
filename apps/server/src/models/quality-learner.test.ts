import { openSqliteStores } from '@chorale/adapter-sqlite';
import { defaultTenant } from '@chorale/lib-ids';
import {
  createQualityPredictor,
  type ModelCallId,
  type ModelCallRecord,
  packFeatures,
  promptFeatures,
  type SpendStore,
} from '@chorale/module-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLearnedBook, type LearnedBook } from './learned-book.ts';
import { ManualClock } from '../process/manual-clock.ts';
import { createQualityLearner, type QualityLearner } from './quality-learner.ts';
import { trainInThread, type Training } from './train-in-thread.ts';

let spend: SpendStore;
let close: () => Promise<void>;
let book: LearnedBook;
let problems: { readonly what: string; readonly error: unknown }[];
let trainings: Training[];
let learner: QualityLearner;

beforeEach(async () => {
  const stores = await openSqliteStores({ path: ':memory:' });
  ({ spend, close } = stores);
  problems = [];
  trainings = [];
  const report = (problem: { readonly what: string; readonly error: unknown }): void => void problems.push(problem);
  book = createLearnedBook({ spend, now: Date.now, report });
  learner = createQualityLearner({
    spend,
    clock: new ManualClock(),
    book,
    modelOf: (deploymentId) => deploymentId.slice(2),
    report,
    train: (training, signal) => {
      trainings.push(training);
      return trainInThread(training, signal);
    },
  });
});

afterEach(async () => {
  await learner.close();
  await close();
});

const subjects = ['the tort of negligence and the duty of a court', 'the oven, the onion and the salted butter'];

/** The small model knows cooking and no law. */
function callOf(at: number): { readonly record: ModelCallRecord; readonly good: boolean } {
  const prompt = `question ${at * 7919} about ${subjects[at % 2]}`;
  const record = {
    callId: `call_${at}` as ModelCallId,
    tenantId: defaultTenant,
    taskClass: 'other',
    deploymentId: 'x/small',
    failure: undefined,
    features: packFeatures(promptFeatures(prompt)),
  } as ModelCallRecord;
  return { record, good: at % 2 === 1 };
}

async function rate(from: number, to: number): Promise<void> {
  const calls = Array.from({ length: to - from }, (_, at) => callOf(from + at));
  await Promise.all(calls.map(({ record, good }) => learner.rate(record, good)));
  await learner.idle();
}

const ask = createQualityPredictor((tenantId) => book.find(tenantId));
const expected = (prompt: string) =>
  ask({ tenantId: defaultTenant, features: promptFeatures(prompt) })?.qualityOf('small');

test('[MD5] from 500 outcomes on what was learned is kept and used, and learned anew when enough is new', async () => {
  await rate(0, 499);
  expect(trainings).toEqual([]);
  expect(expected('the tort of negligence')).toBeUndefined();
  await rate(499, 520);
  expect(problems).toEqual([]);
  expect(trainings.map(({ version }) => version)).toEqual([1]);
  expect(expected('what is the tort of negligence?')).toBeLessThan(0.3);
  expect(expected('how hot is the oven for an onion in butter?')).toBeGreaterThan(0.7);
  await rate(520, 600);
  expect(trainings).toHaveLength(1);
  await rate(600, 640);
  expect(trainings.map(({ version }) => version)).toEqual([1, 2]);
  const other = createLearnedBook({ spend, now: Date.now, report: () => undefined });
  await other.refresh(defaultTenant);
  expect(other.find(defaultTenant)).toMatchObject({ version: 2, tenantId: defaultTenant });
});

test('[MD5] outcomes without features are counted and not learned from', async () => {
  for (let at = 0; at < 540; at++) await learner.rate({ ...callOf(at).record, features: undefined as never }, true);
  await learner.idle();
  expect(trainings).toEqual([]);
  expect(await spend.countOutcomes(defaultTenant)).toEqual([{ taskClass: 'other', model: 'small', good: 540, bad: 0 }]);
});

test('[MD5] nothing is said of a model by a call that none answered', async () => {
  const { record } = callOf(0);
  const failure = { family: 'temporary', code: 'x', message: 'x' } as const;
  expect(await learner.rate({ ...record, deploymentId: undefined }, true)).toBe(false);
  expect(await learner.rate({ ...record, failure }, true)).toBe(false);
  expect(await spend.countOutcomes(defaultTenant)).toEqual([]);
});

test('[MD5] a training that fails is reported, and the next is made all the same', async () => {
  let fails = true;
  learner = createQualityLearner({
    spend,
    clock: new ManualClock(),
    book,
    modelOf: () => 'small',
    report: (problem) => void problems.push(problem),
    train: async () => {
      if (fails) throw new Error('no memory');
      return '{}';
    },
  });
  await rate(0, 520);
  expect(problems).toMatchObject([{ what: 'not-learned' }]);
  fails = false;
  await rate(520, 640);
  expect(await spend.findLearned(defaultTenant, 0)).toMatchObject({ version: 1, learned: '{}' });
});

test('[API173] nothing is learned while there is no time for it, and as soon as there is without another outcome', async () => {
  const clock = new ManualClock();
  let hasTime = false;
  let trained = 0;
  learner = createQualityLearner({
    spend,
    clock,
    book,
    modelOf: () => 'small',
    report: (problem) => void problems.push(problem),
    hasTime: () => hasTime,
    train: async () => {
      trained += 1;
      return '{}';
    },
  });
  await rate(0, 520);
  expect(trained).toBe(0);
  await clock.pass(60_000);
  await learner.idle();
  expect([trained, clock.waiting]).toEqual([0, 1]);
  hasTime = true;
  await clock.pass(5_000);
  await learner.idle();
  expect([trained, clock.waiting]).toEqual([1, 0]);
  expect(problems.filter(({ what }) => what === 'not-learned')).toEqual([]);
});
