// Removes groups that a process which died left behind, with whatever still runs in them.

import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { isGone, signalQuietly } from './process-tree.ts';

const groupName = /^chorale-(\d+)-(\d+)-\d+$/;

/** Returns the directories removed. A group that is still emptying is left for the next time. */
export function reapCgroups(bases: readonly string[]): readonly string[] {
  const removed: string[] = [];
  for (const base of bases) {
    for (const name of listDirectory(base)) {
      const match = groupName.exec(name);
      if (match === null || !isGone(Number(match[1]), Number(match[2]))) continue;
      const directory = join(base, name);
      for (const pid of readPids(directory)) signalQuietly(pid, 'SIGKILL');
      try {
        rmdirSync(directory);
        removed.push(directory);
      } catch {
        // Members are still dying, or another process was faster.
      }
    }
  }
  return removed;
}

function listDirectory(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readPids(directory: string): readonly number[] {
  try {
    return readFileSync(join(directory, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
  } catch {
    return [];
  }
}
