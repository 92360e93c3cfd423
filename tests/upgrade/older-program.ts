// The program of the version before, taken out of the history of this repository and run with the packages of this tree.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, realpathSync, symlinkSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The last commit with the schema before the oldest that this version migrates from while others run. */
export const previous = { commit: '51d9dff', schema: 9 } as const;

/** Gives the root of its tree. Throws where the history is not there. */
export function unpackOlderProgram(folder: string): string {
  const { commit, schema } = previous;
  const tree = join(folder, `schema-${schema}`);
  mkdirSync(tree, { recursive: true });
  try {
    execFileSync('git', ['archive', '--output', `${tree}.tar`, commit], { cwd: root, stdio: 'pipe' });
  } catch (cause) {
    throw new Error(`commit ${commit} is not in the history of this checkout: git fetch --unshallow`, { cause });
  }
  execFileSync('tar', ['-x', '-f', `${tree}.tar`, '-C', tree]);
  linkPackages(tree);
  return tree;
}

/** Packages of others from here, those of the workspaces from there. */
function linkPackages(tree: string): void {
  const from = join(root, 'node_modules');
  const to = join(tree, 'node_modules');
  const scope = '@chorale';
  mkdirSync(join(to, scope), { recursive: true });
  for (const name of readdirSync(from)) if (name !== scope) symlinkSync(join(from, name), join(to, name));
  for (const name of readdirSync(join(from, scope))) {
    const place = join(from, scope, name);
    const own = join(tree, relative(root, realpathSync(resolve(from, scope, readlinkSync(place)))));
    if (existsSync(own)) symlinkSync(own, join(to, scope, name));
  }
}
