// npm run bench -- <name> [--only E1,E2] [--data PATH] [--eval PATH] [--full] [--json]
//
// Exit codes: 0 every bar reached, 1 a bar missed, 2 the run did not happen.

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ChoraleError, refused } from '@chorale/lib-errors';
import type { Benchmark } from '../../bench/harness/benchmark.ts';
import { formatJson, formatReport } from '../../bench/harness/report.ts';
import { runBenchmark } from '../../bench/harness/run-benchmark.ts';
import { root } from '../process/root.ts';

try {
  process.exitCode = await bench(process.argv.slice(2));
} catch (error) {
  // A refusal is the caller's to mend and says how; anything else went wrong inside the benchmark.
  console.error('bench:', error instanceof ChoraleError ? error.message : error);
  process.exitCode = 2;
}

async function bench(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      data: { type: 'string' },
      eval: { type: 'string' },
      full: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const [name, ...others] = positionals;
  const file = join(root, 'bench', name ?? '', 'bench.ts');
  if (name === undefined || others.length > 0 || !existsSync(file)) {
    throw refused('bench-unknown', `name one benchmark of: ${benchmarkNames().join(', ')}`);
  }
  const { benchmark } = (await import(pathToFileURL(file).href)) as { benchmark: Benchmark };
  const { rows, circumstances } = await runBenchmark(benchmark, {
    only: values.only?.split(','),
    data: values.data === undefined ? undefined : resolve(values.data),
    heldOut: values.eval === undefined ? undefined : resolve(values.eval),
    ...(values.full === true ? { full: true } : {}),
    peersFolder: join(root, '.bench', name),
    print: (line) => console.log(line),
  });
  console.log(`\n${formatReport(name, rows, circumstances)}`);
  if (values.json === true) console.log(formatJson(rows));
  return rows.every((row) => row.ok) ? 0 : 1;
}

function benchmarkNames(): readonly string[] {
  return readdirSync(join(root, 'bench')).filter((name) => existsSync(join(root, 'bench', name, 'bench.ts')));
}
