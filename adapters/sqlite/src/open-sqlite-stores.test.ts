import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteGoalStore } from './open-sqlite-stores.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chorale-open-'));
  path = join(folder, 'chorale.db');
});

afterEach(() => rmSync(folder, { recursive: true }));

async function openAndClose(): Promise<void> {
  await (await openSqliteGoalStore({ path, thread: false })).close();
}

test('[SE4] a database with a newer schema is refused, and left as it is', async () => {
  await openAndClose();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  const before = readFileSync(path);
  await expect(openSqliteGoalStore({ path, thread: false })).rejects.toMatchObject({
    family: 'refused',
    code: 'schema-too-new',
    message: expect.stringMatching(/has schema version 99; this program knows versions up to \d+/),
  });
  expect(readFileSync(path)).toEqual(before);
});

test.each([true, false])('[SE4] a refused opening leaves no lock behind (in threads: %s)', async (thread) => {
  writeFileSync(path, 'this is no database, whatever its name says; '.repeat(100));
  await expect(openSqliteGoalStore({ path, thread })).rejects.toMatchObject({ code: 'store-damaged' });
  rmSync(path);
  await openAndClose();
});

test('[SE4] a file that is no database is refused, with what to do', async () => {
  writeFileSync(path, 'this is no database, whatever its name says; '.repeat(100));
  await expect(openSqliteGoalStore({ path, thread: false })).rejects.toMatchObject({
    family: 'broken',
    code: 'store-damaged',
    message: expect.stringContaining(path),
    action: expect.stringContaining('restore a backup'),
  });
});

test('[SE4] a database with damaged pages says so when it is read', async () => {
  await openAndClose();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4096);
  writeFileSync(path, bytes);
  await expect(openSqliteGoalStore({ path, thread: false })).rejects.toMatchObject({
    family: 'broken',
    code: 'store-damaged',
  });
});

test('a missing directory is made', async () => {
  path = join(folder, 'not', 'there', 'chorale.db');
  await openAndClose();
  expect(readFileSync(path).subarray(0, 15).toString()).toBe('SQLite format 3');
});

test('[SE4] a directory that is a file is refused', async () => {
  writeFileSync(join(folder, 'file'), '');
  path = join(folder, 'file', 'chorale.db');
  await expect(openSqliteGoalStore({ path, thread: false })).rejects.toMatchObject({
    family: 'refused',
    code: 'store-not-writable',
    message: expect.stringContaining(path),
  });
});

test('[SE4] a database that is a directory is refused', async () => {
  mkdirSync(path);
  await expect(openSqliteGoalStore({ path, thread: false })).rejects.toMatchObject({ code: 'store-not-writable' });
});
