// S2, S6 and S7: what tests prove case by case, run and counted. A case that fails, or was not run, counts.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../tools/process/root.ts';
import { collectProgram } from '../../../tools/process/run-program.ts';
import { openTestPostgres } from '../../../tools/services/postgres.ts';
import type { BenchContext, BenchGoal } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';

interface Proof {
  readonly goal: Omit<BenchGoal, 'unit' | 'bar' | 'better'>;
  readonly files: readonly string[];
  /** Of these files, only what has it in its title. */
  readonly titled?: string;
  /** Fewer cases than this were not all that there are. */
  readonly casesMin: number;
}

const proofs: readonly Proof[] = [
  {
    goal: {
      id: 'S2',
      title: 'forged, replayed, mixed-up or expired answers of a real provider that were believed',
      notMeasured: 'providers other than oidc-provider',
    },
    files: ['adapters/identity/src/open-id-provider.test.ts'],
    titled: '[S2]',
    casesMin: 20,
  },
  {
    goal: {
      id: 'S6',
      title: 'kinds of places in which a planted secret turned up',
      notMeasured: 'secrets that a tool was given and disguised by itself',
    },
    files: ['tests/access/canaries.sandbox.test.ts', 'tests/access/canaries.pg.test.ts'],
    casesMin: 4,
  },
  {
    goal: {
      id: 'S7',
      title: 'builds that differ, packages without a name in the SBOM, install scripts that nobody named',
      notMeasured: 'what the packages do when they run',
    },
    files: ['tests/house/supply-chain.test.ts', 'tests/house/packages.test.ts'],
    casesMin: 20,
  },
];

const register: BenchGoal = {
  id: 'S7-asvs',
  title: 'requirements of ASVS 5.0, levels 1 and 2, that a test proves',
  unit: 'of 253',
  bar: 150,
  better: 'higher',
  notMeasured: 'whether the tests that are named prove them: people read that',
};

export const provedByTests: BenchPart = {
  goals: [...proofs.map(({ goal }): BenchGoal => ({ ...goal, unit: 'cases', bar: 0, better: 'lower' })), register],
  async *run(context) {
    for (const proof of proofs)
      if (context.wants(proof.goal.id)) yield { id: proof.goal.id, measured: await countFailed(context, proof) };
    if (context.wants(register.id)) yield { id: register.id, measured: await countProved() };
  },
};

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function countFailed(context: BenchContext, { goal, files, titled = '', casesMin }: Proof): Promise<number> {
  const path = join(context.scratch, `${goal.id}.json`);
  const postgres = await openTestPostgres();
  const args = ['run', '--reporter=json', `--outputFile=${path}`, ...files];
  const env = { CHORALE_TEST_POSTGRES: postgres.url };
  try {
    await collectProgram('vitest', args, { cwd: root, env });
  } finally {
    await postgres.close();
  }
  const { testResults } = JSON.parse(await readFile(path, 'utf8')) as Report;
  const cases = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => fullName.includes(titled));
  const failed = cases.filter(({ status }) => status !== 'passed');
  for (const { fullName } of failed) context.note(`${goal.id}: ${fullName}`);
  context.note(`${goal.id}: ${cases.length} cases`);
  return failed.length + Math.max(0, casesMin - cases.length);
}

async function countProved(): Promise<number> {
  const text = await readFile(join(root, 'docs/operating/compliance/asvs.json'), 'utf8');
  const { requirements } = JSON.parse(text) as { readonly requirements: readonly { readonly by: string }[] };
  return requirements.filter(({ by }) => by === 'test').length;
}
