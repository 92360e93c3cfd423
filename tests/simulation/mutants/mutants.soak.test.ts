// Defects that show themselves only after a rare turn of events.

import { expect, test } from 'vitest';
import { huntMutants } from './hunt-mutants.ts';
import { mutants } from './mutants.ts';

const rare = mutants.filter((mutant) => mutant.rare === true);

test(`the simulator finds each of ${rare.length} rare planted defects within 5,000 histories`, async () => {
  const { found, missed } = await huntMutants(rare, { seedsMax: 5_000 });
  console.log(found.join('\n'));
  expect(missed).toEqual([]);
});
