// The embedded store loses nothing that it acknowledged when the power goes. How the cuts are made, and what they do not
// show: crashes.ts. 20 cuts take half a minute on an idle machine of two cores; a thousand run in the soak test.

import { beforeAll, describe, expect, test } from 'vitest';
import { type Crash, cutCopies, cutInPlace, findingsOf, problemsOf } from './crashes.ts';
import { requireLoopDisks } from './loop-disk.ts';

const timeout = 300_000;

beforeAll(requireLoopDisks);

/** A cut may come at a moment at which even a careless store has nothing to lose. */
async function findWithin(cut: () => Promise<readonly Crash[]>, timesMax = 12): Promise<readonly string[]> {
  for (let times = 1; times <= timesMax; times++) {
    const findings = findingsOf(await cut());
    if (findings.length > 0) return findings;
  }
  return [];
}

describe('power cuts', { timeout }, () => {
  test('[SE1, GS1, G1, G4, E1] 12 disks copied while the engine acknowledges work hold all of it, and the engine goes on', async () => {
    expect(problemsOf(await cutCopies(12), 12)).toEqual([]);
  });

  test('[SE1, GS1, G1, G4, E1] 8 cuts in the middle of writing, one after the other, lose nothing', async () => {
    expect(problemsOf(await cutInPlace(8), 8)).toEqual([]);
  });
});

describe('the trial finds what a store loses', { timeout }, () => {
  test.each(['synchronous=OFF', 'synchronous=NORMAL', 'late commit'] as const)('with %s', async (fault) => {
    expect(await findWithin(() => cutCopies(2, fault))).not.toEqual([]);
  });

  test('with synchronous=NORMAL when it is cut in place', async () => {
    expect(await findWithin(() => cutInPlace(2, 'synchronous=NORMAL'))).not.toEqual([]);
  });
});
