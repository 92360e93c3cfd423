// S3: audit logs: how fast they take what happens, and whether they show every change that was made to them since.

import type { BenchContext, BenchGoal, Measurement } from '../../harness/index.ts';
import { makeTarget, tamper } from '../../../tests/access/tampered-logs.ts';
import { seededRandom } from '../../../tests/access/seeded-random.ts';
import type { BenchPart } from '../part.ts';
import { measureInProcess } from './in-process.ts';
import { measureOnPostgres } from './on-postgres.ts';

const tamperings = 10_000;
const seed = 20_270;

const goals: readonly BenchGoal[] = [
  {
    id: 'S3',
    title: 'acts appended in process: entry, leaf, tree, in batches of 1,000',
    unit: 'appends/s',
    bar: 50_000,
    better: 'higher',
    notMeasured: 'keeping them',
  },
  {
    id: 'S3-durable',
    title: 'acts of 2,000 callers at once, each acknowledged after its commit on PostgreSQL, in one log',
    unit: 'appends/s',
    bar: 5_000,
    better: 'higher',
    notMeasured: 'one caller who waits for each act: that is the time of a commit',
  },
  {
    id: 'S3-tampering',
    title: 'tamperings that are found: bit, cut file, shorter log, order, fork, drop, repetition',
    unit: '%',
    bar: 100,
    better: 'higher',
    notMeasured: 'an owner of the keys who rewrites what nobody has ever seen a head of',
  },
];

export const auditLog: BenchPart = {
  goals,
  async *run(context) {
    if (context.wants('S3')) yield { id: 'S3', measured: measureInProcess() };
    if (context.wants('S3-durable')) yield* measureDurable(context);
    if (context.wants('S3-tampering')) yield* measureTampering(context);
  },
};

async function* measureDurable(context: BenchContext): AsyncGenerator<Measurement> {
  const { appendsPerSecond, verifiedPerSecond } = await measureOnPostgres();
  context.note(`verified from the rows: ${Math.round(verifiedPerSecond)} entries/s`);
  yield { id: 'S3-durable', measured: appendsPerSecond };
}

async function* measureTampering(context: BenchContext): AsyncGenerator<Measurement> {
  const target = await makeTarget();
  const found = new Map<string, { tried: number; found: number }>();
  for await (const { kind, isFound } of tamper(target, seededRandom(seed), tamperings)) {
    const counts = found.get(kind) ?? { tried: 0, found: 0 };
    found.set(kind, counts);
    counts.tried += 1;
    if (isFound) counts.found += 1;
  }
  for (const [kind, counts] of found) context.note(`${kind}: ${counts.found} of ${counts.tried} found`);
  const all = [...found.values()].reduce((sum, counts) => sum + counts.found, 0);
  yield { id: 'S3-tampering', measured: (all / tamperings) * 100 };
}
