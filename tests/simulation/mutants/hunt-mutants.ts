// Sends every mutant after its finder, each in a process of its own.

import { runJobs, runScript } from '../child-process.ts';
import type { MutantResult } from './mutant-runner.ts';
import type { Mutant } from './mutants.ts';

/** One line for each: the seed that found it and the rule it broke, or that none did. */
export async function huntMutants(
  mutants: readonly Mutant[],
  { seedsMax }: { readonly seedsMax: number },
): Promise<{ readonly found: readonly string[]; readonly missed: readonly string[] }> {
  const run = ({ name }: Mutant) =>
    runScript<MutantResult>('mutants/mutant-runner.ts', ['--mutant', name, '--seeds', String(seedsMax)]);
  const results = await runJobs(mutants, run, { atOnce: 2 });
  return {
    found: results.flatMap(({ mutant, seed, failure }) =>
      seed === undefined ? [] : [`${mutant}: seed ${seed}: ${failure?.split('\n')[0]}`],
    ),
    missed: results.flatMap(({ mutant, seed }) => (seed === undefined ? [mutant] : [])),
  };
}
