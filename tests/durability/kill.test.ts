// The embedded store loses nothing that it acknowledged when its process is killed.

import { expect, test } from 'vitest';
import { killProcesses, findingsOf, problemsOf } from './crashes.ts';

const timeout = 120_000;

test(
  '[SE1, GS1, G1, G4, E1] a process killed five times in a row while it acknowledges work loses nothing',
  { timeout },
  async () => {
    expect(problemsOf(await killProcesses(5), 5)).toEqual([]);
  },
);

test('the trial finds what a store loses that commits after it has acknowledged', { timeout }, async () => {
  expect(findingsOf(await killProcesses(2, 'late commit'))).not.toEqual([]);
});
