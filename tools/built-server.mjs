// What the server is run from: what was built (`npm run build`) while no source is newer, else the sources themselves.
// Built, it takes a quarter less memory and starts in half the time; nothing has to be built to be run.
//
// Plain JavaScript: what starts every other command asks here.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['apps/server', 'adapters', 'modules', 'libs'];
const notSources = new Set(['node_modules', 'dist']);

/** Touched when all was built. @param {string} root */
export const buildMark = (root) => join(root, 'apps', 'server', 'dist', '.built');

/** @param {string} root */
export function isServerBuilt(root) {
  const mark = buildMark(root);
  return existsSync(mark) && newestIn(folders.map((folder) => join(root, folder))) <= statSync(mark).mtimeMs;
}

/**
 * Memory that is garbage is looked for sooner than Node would by itself. Measured with 64 callers at once: a quarter less
 * memory, and 15 % of the main thread's time in collecting it instead of 12 %. A nursery of 8 MiB saved nothing more and
 * took 22 %, because calls that wait outlive it.
 */
const smallHeap = ['--max-semi-space-size=16', '--heap-growing-percent=50'];

/** @param {string} root */
export function serverFlags(root) {
  return [...smallHeap, ...(isServerBuilt(root) ? [] : ['--conditions=chorale-source'])];
}

/** glibc keeps memory for each thread that ever allocated some; ours are few. */
export const serverEnvironment = { MALLOC_ARENA_MAX: '2' };

/** @param {readonly string[]} paths */
function newestIn(paths) {
  let newest = 0;
  for (const path of paths) {
    const stat = statSync(path);
    if (!stat.isDirectory()) newest = Math.max(newest, /\.(ts|json)$/.test(path) ? stat.mtimeMs : 0);
    else
      newest = Math.max(
        newest,
        newestIn(
          readdirSync(path)
            .filter((name) => !notSources.has(name))
            .map((name) => join(path, name)),
        ),
      );
  }
  return newest;
}
