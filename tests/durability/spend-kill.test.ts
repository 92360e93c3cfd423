// The embedded store neither loses nor doubles what it acknowledged to be spent when its process is killed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkIntegrity } from './audit-store.ts';
import { killSpenders } from './spend-trial.ts';

const timeout = 120_000;
let folder: string;
let database: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chorale-spend-killed-'));
  database = join(folder, 'chorale.db');
});

afterEach(() => rmSync(folder, { recursive: true }));

test(
  '[SL14, SL1, SL7] a process killed four times while it spends loses, doubles and overspends nothing',
  { timeout },
  async () => {
    const { settled, cutOff, refused, findings } = await killSpenders(database, 4);
    expect(findings).toEqual([]);
    expect(checkIntegrity(database)).toEqual([]);
    expect(settled).toBeGreaterThan(400);
    expect(cutOff).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  },
);

test('the trial finds what a store loses that commits after it has acknowledged', { timeout }, async () => {
  const { findings } = await killSpenders(database, 2, 'late commit');
  expect(findings).not.toEqual([]);
});
