import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './with-lock.mjs';

let folder = '';
let lock = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-lock-'));
  lock = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('only one at a time works under the lock, and everyone gets a turn', async () => {
  let working = 0;
  let most = 0;
  const turns = Array.from({ length: 5 }, () =>
    withLock(lock, async () => {
      most = Math.max(most, ++working);
      await Promise.resolve();
      working--;
      return 'done';
    }),
  );
  expect(await Promise.all(turns)).toEqual(Array(5).fill('done'));
  expect(most).toBe(1);
});

test('the lock is given back when the work fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('npm failed')))).rejects.toThrow('npm failed');
  expect(existsSync(lock)).toBe(false);
});

test('a lock whose holder died is taken over', async () => {
  await mkdir(lock);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);
  expect(await withLock(lock, () => Promise.resolve('mine'))).toBe('mine');
  expect(existsSync(lock)).toBe(false);
});
