// The simulator is worth what it finds: each planted defect must be found within a bounded number of histories.

import { describe, expect, test } from 'vitest';
import { huntMutants } from './hunt-mutants.ts';
import { plant } from './mutant-runner.ts';
import { mutants } from './mutants.ts';

const common = mutants.filter(({ rare }) => rare !== true);

describe('the simulator', { timeout: 900_000 }, () => {
  test(`finds each of ${common.length} planted defects within 300 histories`, async () => {
    const { found, missed } = await huntMutants(common, { seedsMax: 300 });
    console.log(found.join('\n'));
    expect(missed).toEqual([]);
    expect(found).toHaveLength(common.length);
  });

  test('a defect whose place in the code is gone is told, not left out', () => {
    const mutant = { name: 'gone', file: 'modules/goals/src/settle.ts', find: 'a  b', replace: '' };
    expect(plant(mutant, 'x a\n  b y')).toBe('x  y');
    expect(() => plant(mutant, 'x y')).toThrow("mutant 'gone': its text stands 0 times");
    expect(() => plant(mutant, 'a b a b')).toThrow('stands 2 times');
  });
});
