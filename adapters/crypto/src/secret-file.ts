// Files with keys in them: made once, readable by their owner alone, and refused when they are not.
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { refused } from '@chorale/lib-errors';

/** Permissions of group and others. */
const others = 0o077;

/**
 * The text of the file; where there is none, what `make` returns is written first, whole and on disk. Of two processes that
 * start at once both get the text of the one that was first.
 *
 * @throws refused `key-file-exposed` when others than its owner may read or write it, `key-file-unreadable`.
 */
export function readOrMakeSecretFile(path: string, make: () => string): string {
  for (;;) {
    const found = readSecretFile(path);
    if (found !== undefined) return found;
    makeSecretFile(path, make());
  }
}

/** Undefined where there is no file. */
function readSecretFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw refused('key-file-unreadable', `The key file ${path} cannot be read: ${String(cause)}`, {
      cause,
      action: 'Let the user of this process, and no other, read it: chown and chmod 600.',
    });
  }
  try {
    const mode = fstatSync(file).mode & 0o777;
    if ((mode & others) !== 0)
      throw refused('key-file-exposed', `The key file ${path} has mode ${mode.toString(8)}: others may use it.`, {
        action: `Run chmod 600 on it. If others had access, rotate the key.`,
      });
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** A link fails where the file is there by now, so that nobody's key is written over. */
function makeSecretFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeDurably(draft, text);
  try {
    linkSync(draft, path);
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw cause;
  } finally {
    unlinkSync(draft);
  }
  syncDirectory(dirname(path));
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    // Whatever the process's mask took away or a directory's default added.
    fchmodSync(file, 0o600);
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function codeOf(cause: unknown): string | undefined {
  return (cause as { readonly code?: string }).code;
}
