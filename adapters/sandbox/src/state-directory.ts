// A driver's own directory on the host, named after the process so that one left behind by a process that died can be
// told and removed by the next.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isGone, readProcessStat } from './process-tree.ts';

const directoryName = /^chorale-sandbox-(\d+)-(\d+)-/;

export function makeStateDirectory(): string {
  const startTicks = readProcessStat(process.pid)?.startTicks ?? 0;
  return mkdtempSync(join(tmpdir(), `chorale-sandbox-${process.pid}-${startTicks}-`));
}

export function reapStateDirectories(): void {
  for (const name of readdirSync(tmpdir())) {
    const match = directoryName.exec(name);
    if (match === null || !isGone(Number(match[1]), Number(match[2]))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's, in a temporary directory that is shared.
    }
  }
}
