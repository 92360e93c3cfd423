// npm run bench -- engine: the engine beside the engines that people use instead, doing the nearest equal work.

import { type BenchContext, type BenchGoal, type Benchmark, type Measurement } from '../harness/index.ts';
import { goalsAtOnce, measureAtOnce } from './at-once.ts';
import { compare, goalsPerSecond, medianOf, pickUpP50, roundsOf, tasksPerSecond, type Rounds } from './compare.ts';
import { contestants, type ContestantName } from './contestants.ts';
import { measureGrowth } from './growth.ts';
import { describeContestant, round } from './page.ts';

const roundsOfComparison = 5;
const mebibyte = 1024 * 1024;

interface ComparisonGoal extends BenchGoal {
  /** Who must run in the same rounds. */
  readonly needs: readonly ContestantName[];
  readonly measure: (rounds: Rounds) => number;
}

const oneMachine = 'more than one machine: client, engine and database share its cores, tasks do nothing';
const [ours, embedded] = ['chorale-postgres', 'chorale-sqlite'] as const;

function timesPeer(id: string, peer: ContestantName, bar: number): ComparisonGoal {
  const title = `plans of 20 tasks on PostgreSQL, times ${contestants[peer].title}`;
  const measure = (rounds: Rounds): number =>
    medianOf(rounds, ours, goalsPerSecond) / medianOf(rounds, peer, goalsPerSecond);
  return { id, title, unit: 'x', bar, better: 'higher', needs: [ours, peer], measure, notMeasured: oneMachine };
}

const comparisonGoals: readonly ComparisonGoal[] = [
  timesPeer('E1', 'restate', 4),
  timesPeer('E2', 'dbos', 10),
  {
    id: 'E3',
    title: 'tasks of 20-task plans on PostgreSQL, from submission to the durable end',
    unit: 'tasks/s',
    bar: 8_000,
    better: 'higher',
    needs: [ours],
    measure: (rounds) => medianOf(rounds, ours, tasksPerSecond),
    notMeasured: oneMachine,
  },
  {
    id: 'E4',
    title: "tasks/s on PostgreSQL, times graphile-worker's batched drain",
    unit: 'x',
    bar: 1,
    better: 'higher',
    needs: [ours, 'graphile-worker-batched'],
    measure: (rounds) =>
      medianOf(rounds, ours, tasksPerSecond) / medianOf(rounds, 'graphile-worker-batched', tasksPerSecond),
    notMeasured: 'the time graphile-worker takes to add its jobs, which is left out, while ours includes submitting',
  },
  pickUpGoal('E5', ours),
  pickUpGoal('E6', embedded),
  {
    id: 'E7',
    title: 'tasks of 20-task plans on SQLite, from submission to the durable end',
    unit: 'tasks/s',
    bar: 10_000,
    better: 'higher',
    needs: [embedded],
    measure: (rounds) => medianOf(rounds, embedded, tasksPerSecond),
    notMeasured: oneMachine,
  },
];

function pickUpGoal(id: string, name: ContestantName): ComparisonGoal {
  return {
    id,
    title: `pick-up on ${contestants[name].title} when idle, p50: from the call that submits to the start of the task`,
    unit: 'ms',
    bar: 3,
    better: 'lower',
    needs: [name],
    measure: (rounds) => pickUpP50(rounds, name),
    notMeasured: 'the wait under load, and a worker in another process than the one that submits',
  };
}

interface StoreGoal extends BenchGoal {
  readonly store: ContestantName;
}

function growthGoal(id: string, store: ContestantName): StoreGoal {
  return {
    id,
    title: `${contestants[store].title}: the rate at 10^6 finished tasks, as a share of the rate at 10^3`,
    unit: '%',
    bar: 80,
    better: 'higher',
    store,
    notMeasured: 'what months of deletions and retention do to the store',
  };
}

function memoryGoal(id: string, store: ContestantName): StoreGoal {
  return {
    id,
    title: `${contestants[store].title}: peak memory of the process with ${goalsAtOnce} goals at once, all finished`,
    unit: 'MiB',
    bar: 1_024,
    better: 'lower',
    store,
    notMeasured: 'the memory of the PostgreSQL server, and tasks that hold something',
  };
}

const growthGoals: readonly StoreGoal[] = [growthGoal('E8', embedded), growthGoal('E9', ours)];
const memoryGoals: readonly StoreGoal[] = [memoryGoal('E10', embedded), memoryGoal('E11', ours)];

async function* runComparison(context: BenchContext): AsyncGenerator<Measurement> {
  const wanted = comparisonGoals.filter((goal) => context.wants(goal.id));
  if (wanted.length === 0) return;
  // Peers without a bar of their own belong to the page, not to a run that asks for single goals.
  const isWhole = wanted.length === comparisonGoals.length;
  const needed = new Set(wanted.flatMap((goal) => goal.needs));
  const names = (Object.keys(contestants) as ContestantName[]).filter((name) => isWhole || needed.has(name));
  const rounds = await compare({ names, rounds: roundsOfComparison, scratch: context.scratch });
  for (const name of names) {
    for (const line of describeContestant(rounds, name)) context.note(line);
    for (const [what, version] of Object.entries(roundsOf(rounds, name)[0]?.versions ?? {})) {
      context.recordVersion(what, version);
    }
  }
  context.note('');
  for (const goal of wanted) yield { id: goal.id, measured: goal.measure(rounds) };
}

async function* runAtOnce(context: BenchContext): AsyncGenerator<Measurement> {
  for (const { id, store } of memoryGoals.filter((goal) => context.wants(goal.id))) {
    const { run, peakMemoryBytes } = await measureAtOnce(store, context.scratch);
    const seconds = round(run.elapsedMs / 1000);
    context.note(
      `${contestants[store].title}: ${run.goals} goals at once, all ${run.tasks} tasks finished in ${seconds} s`,
    );
    yield { id, measured: peakMemoryBytes / mebibyte };
  }
}

async function* runGrowth(context: BenchContext): AsyncGenerator<Measurement> {
  for (const { id, store } of growthGoals.filter((goal) => context.wants(goal.id))) {
    const { rates, keptPercent, run, peakMemoryBytes } = await measureGrowth(store, context.scratch);
    const table = rates.map((rate) => `${round(rate.tasksPerSecond)} at ${rate.finishedTasks.toLocaleString('en-US')}`);
    context.note(`${contestants[store].title}, tasks/s by finished tasks: ${table.join(', ')}`);
    context.note(
      `  over all ${run.tasks.toLocaleString('en-US')} tasks: ${round((run.tasks / run.elapsedMs) * 1000)} tasks/s, ` +
        `${round(run.storedBytes / run.tasks)} bytes/task kept, peak memory ${round(peakMemoryBytes / mebibyte)} MiB`,
    );
    yield { id, measured: keptPercent };
  }
}

export const benchmark: Benchmark = {
  name: 'engine',
  peers: {
    '@dbos-inc/dbos-sdk': '5.3.0',
    '@restatedev/restate-sdk': '1.17.2',
    '@restatedev/restate-sdk-clients': '1.17.2',
    '@restatedev/restate-server': '1.7.12',
    bullmq: '6.7.0',
    'graphile-worker': '0.18.0',
    ioredis: '5.11.1',
    pg: '8.23.1',
    // 12.38 wants a version of rrule-temporal that the registry does not have.
    'pg-boss': '12.34.0',
  },
  goals: [...comparisonGoals, ...growthGoals, ...memoryGoals].map(({ id, title, unit, bar, better, notMeasured }) => {
    return { id, title, unit, bar, better, notMeasured };
  }),
  async *run(context) {
    yield* runComparison(context);
    yield* runAtOnce(context);
    yield* runGrowth(context);
  },
};
