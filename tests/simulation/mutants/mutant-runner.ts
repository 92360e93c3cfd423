// Runs histories on the engine with one defect in it, until a history finds it. A process of its own for each mutant:
//
//   node --conditions=chorale-source tests/simulation/mutants/mutant-runner.ts --mutant 'lost unlock' --seeds 200

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { mutants, type Mutant } from './mutants.ts';

const root = join(import.meta.dirname, '..', '..', '..');

export interface MutantResult {
  readonly mutant: string;
  /** The seed that found it; undefined when none did. */
  readonly seed: number | undefined;
  readonly failure: string | undefined;
}

/** The text with the defect. Throws when what it replaces is not there exactly once. */
export function plant(mutant: Mutant, text: string): string {
  // The formatter may break a line anywhere; what is looked for is the same with other white space.
  const pattern = mutant.find
    .split(/\s+/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join(String.raw`\s+`);
  const found = [...text.matchAll(new RegExp(pattern, 'g'))];
  const [match] = found;
  if (match === undefined || found.length > 1) {
    throw new Error(
      `mutant '${mutant.name}': its text stands ${found.length} times in ${mutant.file}; it must stand there once. Bring mutants.ts up to date.`,
    );
  }
  return `${text.slice(0, match.index)}${mutant.replace}${text.slice(match.index + match[0].length)}`;
}

export function readSource(mutant: Mutant): string {
  return readFileSync(join(root, mutant.file), 'utf8');
}

async function hunt(mutant: Mutant, seeds: number): Promise<MutantResult> {
  const url = pathToFileURL(join(root, mutant.file)).href;
  const source = plant(mutant, readSource(mutant));
  registerHooks({
    load: (given, context, next) =>
      given === url ? { format: 'module-typescript', source, shortCircuit: true } : next(given, context),
  });
  const { runHistory } = await import('../scenario/history.ts');
  const { runFairHistory } = await import('../scenario/fair-history.ts');
  for (let seed = 1; seed <= seeds; seed++) {
    const failure = mutant.scenario === 'fair' ? runFairHistory(seed) : (await runHistory(seed)).failure;
    if (failure !== undefined) return { mutant: mutant.name, seed, failure };
  }
  return { mutant: mutant.name, seed: undefined, failure: undefined };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { mutant: { type: 'string', default: '' }, seeds: { type: 'string', default: '300' } },
  });
  const mutant = mutants.find(({ name }) => name === values.mutant);
  if (mutant === undefined) throw new Error(`there is no mutant '${values.mutant}'`);
  console.log(JSON.stringify(await hunt(mutant, Number(values.seeds))));
}
