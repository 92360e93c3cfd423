import { filesOf, verifyLog } from '@chorale/module-access';
import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { makeTarget, tamper } from './tampered-logs.ts';

test('[AU11] every tampering is found: with the files, with the keys, with both', async () => {
  const target = await makeTarget();
  expect(await verifyLog(filesOf(target.files), target.watchful)).toMatchObject({
    ok: true,
    entries: 280,
    values: 74,
    valuesErased: 19,
  });
  const missed: string[] = [];
  let tried = 0;
  for await (const { kind, isFound } of tamper(target, seededRandom(11), 210)) {
    tried += 1;
    if (!isFound) missed.push(`${kind} no. ${tried}`);
  }
  expect(missed).toEqual([]);
  expect(tried).toBe(210);
});
