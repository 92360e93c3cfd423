// One opener for a database. The lock is SQLite's own file lock on a small database beside it, so the operating
// system frees it however the holder ends; who holds it stands in a text file.
//
// The lock belongs to the process (POSIX): a program that opens and closes the `.lock` file in the holder's process,
// other than through SQLite, drops it. Nothing reads that file.
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { refused } from '@chorale/lib-errors';
import { isBusy, openError } from './store-errors.ts';

export interface StoreLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** Refuses with `store-in-use`, naming the holder, when another opener has the database at `path`. */
export function lockStore(path: string, nowMs: number): StoreLock {
  const lock = takeLock(path);
  try {
    const holder: Holder = { pid: process.pid, host: hostname(), since: new Date(nowMs).toISOString() };
    writeFileSync(`${path}.holder`, JSON.stringify(holder));
  } catch {
    // The name is a courtesy to whom is refused: on a full disk the store is opened without it, to be read.
  }
  return { release: () => lock.close() };
}

function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(`${path}.lock`);
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (!isBusy(cause)) throw openError(cause, path);
    throw refused('store-in-use', `The database ${path} is in use by ${describe(readHolder(path))}.`, {
      cause,
      action: 'Stop that process, or give this one another data directory.',
    });
  }
}

/** Undefined when whoever has the lock has not written its name yet: the file then names nobody, or one that is gone. */
function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(`${path}.holder`, 'utf8')) as Holder;
    return holder.host === hostname() && !isAlive(holder.pid) ? undefined : holder;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function describe(holder: Holder | undefined): string {
  return holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
}
