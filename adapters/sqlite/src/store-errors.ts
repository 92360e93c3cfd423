// What SQLite reports, as an error that says what to do. Its result codes: https://www.sqlite.org/rescode.html; the low
// byte is the primary one.
import { broken, refused, temporary, type ChoraleError } from '@chorale/lib-errors';

const busy = 5;
const readOnly = 8;
const ioFailed = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const constraint = 19;
const notDatabase = 26;
/** `SQLITE_IOERR_SHMSIZE`: no room for the index of the write-ahead log. */
const indexDoesNotFit = 4874;

/** The error for what was thrown while `path` was read or written; what is no error of SQLite stays as it is. */
export function storeError(cause: unknown, path: string): unknown {
  const code = (cause as { readonly errcode?: number }).errcode;
  if (code === undefined) return cause;
  return code === indexDoesNotFit ? diskFull(path, cause) : fromPrimary(code & 0xff, path, cause);
}

export function isBusy(cause: unknown): boolean {
  return primaryCode(cause) === busy;
}

/** As `storeError`; a file or directory that cannot be written is then the mistake of whoever chose it. */
export function openError(cause: unknown, path: string): unknown {
  const code = primaryCode(cause);
  if (code !== readOnly && code !== cannotOpen) return storeError(cause, path);
  return refused('store-not-writable', `The database ${path} cannot be opened for writing: ${textOf(cause)}`, {
    cause,
    action: 'Let this user write to the directory and the files in it, or give another data directory.',
  });
}

function primaryCode(cause: unknown): number {
  return ((cause as { readonly errcode?: number }).errcode ?? 0) & 0xff;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function fromPrimary(code: number, path: string, cause: unknown): ChoraleError {
  const said = textOf(cause);
  switch (code) {
    case full:
      return diskFull(path, cause);
    case busy:
      return temporary('store-busy', `The database ${path} is held by someone else: ${said}`, {
        cause,
        retryAfterMs: 100,
      });
    case constraint:
      return refused('row-exists', `The store has such a row already: ${said}`, { cause });
    case corrupt:
    case notDatabase:
      return broken('store-damaged', `The database ${path} is damaged or is not one of SQLite: ${said}`, {
        cause,
        action:
          'Keep a copy of it and of the -wal file beside it, then restore a backup or give another data directory.',
      });
    case ioFailed:
      // A commit whose fsync failed may yet be found after a restart, so nothing is said about what was written.
      return temporary('store-failed', `The disk of the database ${path} failed: ${said}`, {
        cause,
        action: 'Look at the log of the system for errors of that disk.',
        retryAfterMs: 1_000,
      });
    default:
      return temporary('store-failed', `The database ${path} could not do it: ${said}`, { cause, retryAfterMs: 1_000 });
  }
}

function diskFull(path: string, cause: unknown): ChoraleError {
  return temporary('disk-full', `The disk of the database ${path} is full; nothing of this was written.`, {
    cause,
    action: 'Free space on that disk; writing goes on by itself.',
    retryAfterMs: 5_000,
  });
}
