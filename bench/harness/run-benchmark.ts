// Runs one benchmark and turns what it yields into a report.
//
// Invariants: B1 every goal that was asked for has exactly one row, measured or not; one that was not measured is missed.
//             B2 a measurement of something else, a second one, or one that is no finite number ends the run.
//             B3 the run's own folder is removed, whatever happens.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refused } from '@chorale/lib-errors';
import type { BenchContext, Benchmark, Measurement } from './benchmark.ts';
import { describeMachine, loadAverage } from './machine.ts';
import { importPeer, installPeers } from './peers.ts';
import { judge, type Circumstances, type Row } from './report.ts';

export interface RunOptions {
  /** Ids of the goals to measure; all of them when undefined. */
  readonly only: readonly string[] | undefined;
  readonly data: string | undefined;
  readonly heldOut?: string | undefined;
  readonly full?: boolean;
  /** Where the peers are, or are to be, installed. */
  readonly peersFolder: string;
  readonly print: (line: string) => void;
}

export interface BenchResult {
  readonly rows: readonly Row[];
  readonly circumstances: Circumstances;
}

export async function runBenchmark(benchmark: Benchmark, options: RunOptions): Promise<BenchResult> {
  const asked = askedGoals(benchmark, options.only);
  await installPeers(options.peersFolder, benchmark.peers ?? {});
  const versions: Record<string, string> = { Node: process.versions.node, ...benchmark.peers };
  const scratch = await mkdtemp(join(tmpdir(), `chorale-bench-${benchmark.name}-`));
  const wanted = new Set(asked.map((goal) => goal.id));
  const context: BenchContext = {
    wants: (...ids) => ids.some((id) => wanted.has(id)),
    data: options.data,
    heldOut: options.heldOut,
    full: options.full === true,
    peersFolder: options.peersFolder,
    importPeer: (specifier) => importPeer(options.peersFolder, specifier),
    scratch,
    note: options.print,
    recordVersion: (name, version) => void (versions[name] = version),
  };
  const loadBefore = loadAverage();
  try {
    const measured = await collect(benchmark, context);
    const rows = asked.map((goal) => judge(goal, measured.get(goal.id)));
    return { rows, circumstances: { machine: describeMachine(), versions, loadBefore, loadAfter: loadAverage() } };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function askedGoals(benchmark: Benchmark, only: readonly string[] | undefined): Benchmark['goals'] {
  const known = new Set(benchmark.goals.map((goal) => goal.id));
  // H4 is H4a, H4b and so on.
  const isNamed = (id: string, name: string): boolean => id === name || id.replace(/(?<=\d)[a-z]$/, '') === name;
  if (known.size !== benchmark.goals.length) throw new Error(`the benchmark ${benchmark.name} names a goal twice.`);
  const unknown = only?.filter((name) => ![...known].some((id) => isNamed(id, name))) ?? [];
  if (unknown.length > 0) {
    const all = [...known].join(', ');
    throw refused('bench-goal-unknown', `${benchmark.name} has no goal ${unknown.join(', ')}; it has ${all}.`);
  }
  return only === undefined
    ? benchmark.goals
    : benchmark.goals.filter(({ id }) => only.some((name) => isNamed(id, name)));
}

async function collect(benchmark: Benchmark, context: BenchContext): Promise<ReadonlyMap<string, number>> {
  const measured = new Map<string, number>();
  for await (const measurement of benchmark.run(context)) {
    refuseOddMeasurement(benchmark, measurement, measured);
    if (!context.wants(measurement.id)) continue;
    measured.set(measurement.id, measurement.measured);
    const unit = benchmark.goals.find((goal) => goal.id === measurement.id)?.unit ?? '';
    context.note(`measured ${measurement.id}: ${measurement.measured} ${unit}`);
  }
  return measured;
}

function refuseOddMeasurement(benchmark: Benchmark, found: Measurement, earlier: ReadonlyMap<string, number>): void {
  if (!benchmark.goals.some((goal) => goal.id === found.id)) {
    throw new Error(`${benchmark.name} measured ${found.id}, which is none of its goals.`);
  }
  if (earlier.has(found.id)) throw new Error(`${benchmark.name} measured ${found.id} twice.`);
  if (!Number.isFinite(found.measured)) {
    throw new Error(`${benchmark.name} measured ${found.measured} for ${found.id}; that is no measurement.`);
  }
}
