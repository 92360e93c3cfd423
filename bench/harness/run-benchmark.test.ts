import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BenchContext, BenchGoal, Benchmark, Measurement } from './benchmark.ts';
import { formatJson, formatReport } from './report.ts';
import { runBenchmark, type BenchResult } from './run-benchmark.ts';

const rate: BenchGoal = {
  id: 'E1',
  title: 'goals a second',
  unit: 'goals/s',
  bar: 100,
  better: 'higher',
  notMeasured: 'models',
};
const latency: BenchGoal = {
  id: 'E2',
  title: 'pick-up',
  unit: 'ms',
  bar: 3,
  better: 'lower',
  notMeasured: 'a network',
};

function benchmarkOf(...measurements: readonly Measurement[]): Benchmark {
  return {
    name: 'example',
    goals: [rate, latency],
    run: async function* () {
      yield* measurements;
    },
  };
}

function run(benchmark: Benchmark, only?: readonly string[], data?: string): Promise<BenchResult> {
  return runBenchmark(benchmark, { only, data, peersFolder: join(tmpdir(), 'chorale-no-peers'), print: () => {} });
}

test('a goal is reached at its bar and missed beyond it, in the direction that is better', async () => {
  const at = await run(benchmarkOf({ id: 'E1', measured: 100 }, { id: 'E2', measured: 3 }));
  expect(at.rows.map((row) => row.ok)).toEqual([true, true]);
  const beyond = await run(benchmarkOf({ id: 'E1', measured: 99.9 }, { id: 'E2', measured: 3.1 }));
  expect(beyond.rows.map((row) => row.ok)).toEqual([false, false]);
});

test('[B1] a goal that was asked for and not measured is missed', async () => {
  const { rows } = await run(benchmarkOf({ id: 'E1', measured: 100 }));
  expect(JSON.parse(formatJson(rows))).toEqual({
    E1: { measured: 100, unit: 'goals/s', bar: 100, ok: true },
    E2: { measured: null, unit: 'ms', bar: 3, ok: false },
  });
});

test('--only leaves the other goals out of the report, and the benchmark can tell', async () => {
  let seen: readonly boolean[] = [];
  const { rows } = await run(
    {
      ...benchmarkOf(),
      run: async function* (context: BenchContext) {
        seen = [context.wants('E1'), context.wants('E2'), context.wants('E1', 'E2')];
        yield { id: 'E2', measured: 1 };
      },
    },
    ['E2'],
  );
  expect(seen).toEqual([false, true, true]);
  expect(rows.map((row) => row.goal.id)).toEqual(['E2']);
});

test('--only of a name without its letter takes all parts of it, and nothing else', async () => {
  const [goal] = benchmarkOf().goals;
  const ids = ['E1a', 'E1b', 'E10a', 'E2'];
  const goals = ids.map((id) => ({ ...goal!, id }));
  const { rows } = await run({ ...benchmarkOf(), goals }, ['E1']);
  expect(rows.map((row) => row.goal.id)).toEqual(['E1a', 'E1b']);
  await expect(run({ ...benchmarkOf(), goals }, ['E'])).rejects.toThrow('has no goal E;');
});

test('--only refuses a goal that does not exist, by name', async () => {
  await expect(run(benchmarkOf(), ['E9'])).rejects.toThrow('example has no goal E9; it has E1, E2');
});

test.each([
  ['a measurement of something else', [{ id: 'E9', measured: 1 }], 'none of its goals'],
  [
    'a second measurement',
    [
      { id: 'E1', measured: 1 },
      { id: 'E1', measured: 2 },
    ],
    'E1 twice',
  ],
  ['a measurement that is no number', [{ id: 'E1', measured: Number.NaN }], 'no measurement'],
] as const)('[B2] %s ends the run', async (_title, measurements, message) => {
  await expect(run(benchmarkOf(...measurements))).rejects.toThrow(message);
});

test('[B3] the scratch folder is there during the run and removed after it, even when it fails', async () => {
  let scratch = '';
  const failing: Benchmark = {
    ...benchmarkOf(),
    run: async function* (context: BenchContext) {
      scratch = context.scratch;
      expect(existsSync(scratch)).toBe(true);
      yield { id: 'E1', measured: 1 };
      throw new Error('the peer ended');
    },
  };
  await expect(run(failing)).rejects.toThrow('the peer ended');
  expect(existsSync(scratch)).toBe(false);
});

test('the report names machine, versions, load, and what each goal does not measure', async () => {
  const { rows, circumstances } = await run({
    ...benchmarkOf(),
    run: async function* (context: BenchContext) {
      context.recordVersion('PostgreSQL', '15.20');
      yield { id: 'E1', measured: 12_345.6 };
      yield { id: 'E2', measured: 4.56789 };
    },
  });
  const text = formatReport('example', rows, circumstances);
  expect(text).toContain(`Node ${process.versions.node}, PostgreSQL 15.20`);
  expect(text).toMatch(/machine .* cores, .* GiB/);
  expect(text).toMatch(/load +\d+\.\d\d before/);
  expect(text).toContain('ok     E1  12,346 goals/s  (bar >= 100 goals/s)  goals a second');
  expect(text).toContain('MISSED E2  4.568 ms  (bar <= 3 ms)  pick-up');
  expect(text).toContain('does not measure: a network');
});

test('the JSON is one line', async () => {
  const { rows } = await run(benchmarkOf({ id: 'E1', measured: 1 }));
  expect(formatJson(rows)).not.toContain('\n');
});

test('a peer without an exact version is refused before anything is installed', async () => {
  const benchmark = { ...benchmarkOf(), peers: { 'pg-boss': '^12.0.0' } };
  await expect(run(benchmark)).rejects.toThrow('the peer pg-boss is given as ^12.0.0');
});
