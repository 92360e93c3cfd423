// The trials of power-cut.loop.test.ts and kill.test.ts, a thousand times.

import { beforeAll, expect, test } from 'vitest';
import { cutCopies, cutInPlace, killProcesses, problemsOf } from './crashes.ts';
import { requireLoopDisks } from './loop-disk.ts';

const roundsMax = 10;

beforeAll(requireLoopDisks);

test('[SE1, GS1, G1, G4, E1] 500 copied disks hold what was acknowledged', async () => {
  for (let round = 0; round < roundsMax; round++) expect(problemsOf(await cutCopies(50), 50)).toEqual([]);
});

test('[SE1, GS1, G1, G4, E1] 300 cuts in place lose nothing', async () => {
  for (let round = 0; round < roundsMax; round++) expect(problemsOf(await cutInPlace(30), 30)).toEqual([]);
});

test('[SE1, GS1, G1, G4, E1] 200 killed processes lose nothing', async () => {
  for (let round = 0; round < roundsMax; round++) expect(problemsOf(await killProcesses(20), 20)).toEqual([]);
});
