// The files of this checkout, as git sees them: tracked, or new and not ignored.

import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = dirname(dirname(import.meta.dirname));

export interface TreeFile {
  /** Inside the checkout, with `/`. */
  readonly path: string;
  /** Empty for what is not text. */
  readonly text: string;
}

/** What a rule found: `path: what is wrong`, or `path:line: what is wrong`. */
export type Finding = string;

export function readTree(): readonly TreeFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const paths = new Set(listed.toString().split('\0'));
  return [...paths].filter(isFile).map((path) => ({ path, text: readText(path) }));
}

/** A tracked file may have been deleted, and a link leads to a file that is looked at by itself. */
function isFile(path: string): boolean {
  return path !== '' && (lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false);
}

function readText(path: string): string {
  const bytes = readFileSync(join(root, path));
  return bytes.includes(0) ? '' : bytes.toString();
}
