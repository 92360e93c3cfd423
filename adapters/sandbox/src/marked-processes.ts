// Finds what a run without isolation left behind, where there are no cgroups either: every process inherits a variable
// that names its run. A process that clears its environment is not found; only a namespace or a cgroup holds that one.

import { readdirSync, readFileSync } from 'node:fs';
import type { Cgroup, CgroupManager } from './cgroup.ts';
import { readProcessStat, signalQuietly } from './process-tree.ts';

export const markerName = 'CHORALE_SANDBOX_RUN';

function carries(pid: number, marker: string): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(marker)) return false;
  } catch {
    return false; // Another user's, or gone.
  }
  const state = readProcessStat(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function findMarked(marker: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => carries(pid, marker));
}

/** `marker` is the variable with its value. Groups that exist stay in charge. */
export function withMarkedProcesses(manager: CgroupManager, marker: string): CgroupManager {
  if (manager.version !== 'none') return manager;
  return {
    ...manager,
    create: async (limits): Promise<Cgroup> => ({
      ...(await manager.create(limits)),
      pids: () => findMarked(marker),
      killAll: () => {
        for (const pid of findMarked(marker)) signalQuietly(pid, 'SIGKILL');
      },
    }),
  };
}
