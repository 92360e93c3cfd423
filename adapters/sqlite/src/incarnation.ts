// Backups of the embedded database, and what a restore has to say to the goals in it.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { refused } from '@chorale/lib-errors';
import { resolveDatabasePath } from './database-path.ts';
import { lockStore } from './directory-lock.ts';
import { migrate } from './migrate.ts';
import { openError } from './store-errors.ts';

export interface Restored {
  /** How often this database was restored by now. */
  readonly no: number;
  /** Those that were open, and are to be reconciled. */
  readonly goals: number;
  /** Where the database is that was there before. */
  readonly kept?: string;
}

export interface RestoreOptions {
  readonly reason: string;
  readonly now: number;
}

/**
 * A copy as of one moment, also while a server has the database open.
 *
 * @throws `backup-exists`, `backup-unwritable`, and as opening a store does.
 */
export function backUpSqlite(path: string, copy: string): void {
  if (existsSync(copy))
    throw refused('backup-exists', `There is a file ${copy} already.`, { action: 'Name another one.' });
  const database = openFile(path, { readOnly: true });
  try {
    database.prepare('VACUUM INTO ?').run(copy);
  } catch (cause) {
    throw refused('backup-unwritable', `No backup can be written to ${copy}: ${reasonOf(cause)}.`, {
      cause,
      action: 'Name a file in a folder that is there, that may be written to, and that has the space.',
    });
  } finally {
    database.close();
  }
}

/**
 * Puts a backup in the place of the database, which is kept beside it under another name, and marks it as restored.
 *
 * @throws `store-in-use` while a server has the database, `backup-missing`, `backup-damaged`, and as opening a store does.
 */
export async function restoreSqlite(copy: string, path: string, options: RestoreOptions): Promise<Restored> {
  const place = resolveDatabasePath(path);
  const lock = lockStore(place, options.now);
  try {
    checkBackup(copy);
    const isKept = existsSync(place);
    const fresh = `${place}.restoring`;
    await copyFile(copy, fresh);
    for (const ending of ['', '-wal', '-shm'])
      if (existsSync(place + ending)) renameSync(place + ending, `${place}.before-${options.now}${ending}`);
    for (const ending of ['-wal', '-shm']) rmSync(place + ending, { force: true });
    renameSync(fresh, place);
    return { ...mark(place, options), ...(isKept ? { kept: `${place}.before-${options.now}` } : {}) };
  } finally {
    lock.release();
  }
}

/** For a file that was put back by other means. @throws `store-in-use` while a server has the database, and as opening does. */
export function markSqliteRestored(path: string, options: RestoreOptions): Restored {
  const place = resolveDatabasePath(path);
  const lock = lockStore(place, options.now);
  try {
    return mark(place, options);
  } finally {
    lock.release();
  }
}

function mark(path: string, { reason, now }: RestoreOptions): Restored {
  const database = openFile(path, {});
  try {
    migrate(database, path);
    database.exec('BEGIN IMMEDIATE');
    const insert = `INSERT INTO incarnations (no, began_at, reason)
      SELECT coalesce(max(no), 0) + 1, ?, ? FROM incarnations RETURNING no`;
    const { no } = database.prepare(insert).get(now, reason) as { readonly no: number };
    database.exec('DELETE FROM workers');
    const open = `UPDATE goals SET restored_in = ?, version = version + 1
      WHERE state IN ('scheduled', 'running', 'paused', 'failing', 'cancelling')`;
    const { changes } = database.prepare(open).run(no);
    database.exec('COMMIT');
    return { no, goals: Number(changes) };
  } finally {
    database.close();
  }
}

function checkBackup(path: string): void {
  if (!existsSync(path))
    throw refused('backup-missing', `There is no file ${path}.`, { action: 'Name one that `database backup` wrote.' });
  const database = openFile(path, { readOnly: true });
  try {
    const [found] = database.prepare('PRAGMA quick_check(1)').all() as { readonly quick_check: string }[];
    if (found?.quick_check !== 'ok') throw new Error(found?.quick_check);
  } catch (cause) {
    throw refused('backup-damaged', `${path} is no backup that can be used: ${reasonOf(cause)}.`, {
      cause,
      action: 'Use another one.',
    });
  } finally {
    database.close();
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function openFile(path: string, options: { readonly readOnly?: boolean }): DatabaseSync {
  if (!existsSync(path))
    throw refused('database-missing', `There is no database at ${path}.`, { action: 'Check the data directory.' });
  try {
    return new DatabaseSync(path, options);
  } catch (cause) {
    throw openError(cause, path);
  }
}
