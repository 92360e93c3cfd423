// The page the server shows is built by Vite into apps/web/dist. It is built when its sources are newer than that.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './install/with-lock.mjs';
import { collectProgram } from './process/run-program.ts';
import { root } from './process/root.ts';

const web = join(root, 'apps', 'web');
const built = join(web, 'dist', 'index.html');
const sources = [web, join(root, 'libs', 'client'), join(root, 'libs', 'errors'), join(root, 'package-lock.json')];
const notSources = new Set(['node_modules', 'dist']);

export async function buildWeb(): Promise<void> {
  const packageJson = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8')) as { scripts?: { build?: string } };
  if (packageJson.scripts?.build === undefined) return;
  if (isBuilt()) return;
  await withLock(join(root, '.web.lock'), async () => {
    // Another start may have built it while this one waited for the lock.
    if (!isBuilt()) await build();
  });
}

function isBuilt(): boolean {
  return existsSync(built) && newestMs(sources) <= statSync(built).mtimeMs;
}

async function build(): Promise<void> {
  const startMs = Date.now();
  console.error('chorale: building the page (apps/web)');
  const result = await collectProgram('npm', ['run', '--silent', 'build', '-w', 'apps/web'], { cwd: root });
  if (result.code !== 0) throw new Error(`the page could not be built (exit code ${result.code}):\n${result.output}`);
  console.error(`chorale: page built in ${Math.round((Date.now() - startMs) / 1000)} s`);
}

function newestMs(paths: readonly string[]): number {
  return Math.max(0, ...paths.map(newestIn));
}

function newestIn(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = readdirSync(path).filter((name) => !notSources.has(name));
  return newestMs(inside.map((name) => join(path, name)));
}
