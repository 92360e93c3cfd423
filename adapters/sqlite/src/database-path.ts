// One name for one database: two openers that came by different links must meet at the same lock.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { refused } from '@chorale/lib-errors';

/** The path with links followed. Creates the directory when it is missing; the database itself need not exist. */
export function resolveDatabasePath(path: string): string {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw refused('store-not-writable', `The directory of the database ${path} cannot be used: ${message}`, {
      cause,
      action: 'Make it a directory this user may write to, or give another data directory.',
    });
  }
}
