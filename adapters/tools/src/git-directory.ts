// Where git keeps what belongs to a folder, found by reading a few small files: no git runs for it, so nothing in the
// folder's configuration can have a say.

import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

export interface GitDirectory {
  /** Objects and branches: what a clone is made from. */
  readonly common: string;
  /** What the folder has checked out: a branch, or a commit. */
  readonly head: string | undefined;
}

/** Undefined for a folder that is not the top of a repository. */
export function findGitDirectory(folder: string): GitDirectory | undefined {
  const inside = join(folder, '.git');
  const found = statSync(inside, { throwIfNoEntry: false });
  if (found === undefined) return isGitDirectory(folder) ? { common: folder, head: readHead(folder) } : undefined;
  if (found.isDirectory()) return isGitDirectory(inside) ? { common: inside, head: readHead(inside) } : undefined;
  // A linked worktree or a submodule: the file says where its own directory is.
  const target = /^gitdir: (.+)$/m.exec(readText(inside) ?? '')?.[1];
  if (target === undefined) return undefined;
  const own = resolve(folder, target);
  const shared = readText(join(own, 'commondir'))?.trim();
  const common = shared === undefined ? own : isAbsolute(shared) ? shared : join(own, shared);
  return isGitDirectory(common) ? { common, head: readHead(own) } : undefined;
}

function isGitDirectory(folder: string): boolean {
  const isDirectory = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory('objects') && isDirectory('refs') && readText(join(folder, 'HEAD')) !== undefined;
}

function readHead(gitDirectory: string): string | undefined {
  const text = readText(join(gitDirectory, 'HEAD'))?.trim();
  return text?.startsWith('ref: ') === true ? text.slice('ref: '.length) : text;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
