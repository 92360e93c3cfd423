// The server as JavaScript. Nothing has to be built to be run; built, it takes less memory and starts faster.

import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildMark, isServerBuilt } from './built-server.mjs';
import { withLock } from './install/with-lock.mjs';
import { collectProgram } from './process/run-program.ts';
import { root } from './process/root.ts';

export async function buildServer(): Promise<void> {
  if (isServerBuilt(root)) return;
  await withLock(join(root, '.build.lock'), async () => {
    // Another may have built it while this one waited for the lock.
    if (!isServerBuilt(root)) await build();
  });
}

async function build(): Promise<void> {
  const began = new Date();
  const { code, output } = await collectProgram('tsc', ['-b', 'apps/server', 'apps/cli'], { cwd: root });
  if (code !== 0) throw new Error(`the server could not be built (exit code ${code}):\n${output}`);
  writeFileSync(buildMark(root), `${began.toISOString()}\n`);
  // What was changed meanwhile is newer than the mark.
  utimesSync(buildMark(root), began, began);
}
