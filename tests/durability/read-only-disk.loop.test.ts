// A disk that may be read only: a store there is refused, and one that is open when it happens loses nothing.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { LoopDisk, requireLoopDisks } from './loop-disk.ts';

vi.setConfig({ testTimeout: 120_000 });

let disk: LoopDisk;

beforeAll(requireLoopDisks);

beforeEach(() => {
  disk = LoopDisk.create(32);
});

afterEach(() => disk.remove());

function remount(how: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${how}`, disk.root]);
}

test('[SE4] a database on a disk that is read only is refused, with what to do', async () => {
  const path = join(disk.root, 'chorale.db');
  await (await openSqliteGoalStore({ path, thread: false })).close();
  remount('ro');
  for (const one of [path, join(disk.root, 'another.db'), join(disk.root, 'not', 'there.db')]) {
    await expect(openSqliteGoalStore({ path: one, thread: false })).rejects.toMatchObject({
      family: 'refused',
      code: 'store-not-writable',
      message: expect.stringContaining(one),
      action: expect.stringContaining('another data directory'),
    });
  }
  remount('rw');
  await (await openSqliteGoalStore({ path, thread: false })).close();
});
