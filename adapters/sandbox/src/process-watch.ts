// Stands in for cgroups where there are none: samples the processes of a sandbox, adds up what they use, and reports
// the first limit they pass. A sample is late by up to its interval; the facts of a driver say where this is in use.

import { listProcessTree, pageBytes, readProcessStat } from './process-tree.ts';

const sampleEveryMs = 50;
/** USER_HZ: a constant of the kernel's interface on every architecture we run on. */
const tickMs = 10;

export interface ProcessLimits {
  /** Undefined: not watched. */
  readonly memoryBytes: number | undefined;
  readonly pids: number | undefined;
}

export interface ProcessWatch {
  stop(): { readonly cpuMs?: number; readonly memoryBytesMax?: number };
}

export function watchProcesses(
  rootPid: number,
  limits: ProcessLimits,
  onExceeded: (limit: 'memory' | 'pids') => void,
): ProcessWatch {
  const cpuTicksByPid = new Map<number, number>();
  let memoryBytesMax = 0;
  const sample = (): void => {
    const pids = listProcessTree(rootPid);
    let memoryBytes = 0;
    for (const pid of pids) {
      const stat = readProcessStat(pid);
      if (stat === undefined) continue;
      memoryBytes += stat.residentPages * pageBytes;
      cpuTicksByPid.set(pid, stat.cpuTicks);
    }
    memoryBytesMax = Math.max(memoryBytesMax, memoryBytes);
    if (limits.memoryBytes !== undefined && memoryBytes > limits.memoryBytes) onExceeded('memory');
    else if (limits.pids !== undefined && pids.length > limits.pids + 1) onExceeded('pids');
  };
  const timer = setInterval(sample, sampleEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      if (memoryBytesMax === 0) return {};
      const cpuTicks = [...cpuTicksByPid.values()].reduce((sum, ticks) => sum + ticks, 0);
      return { cpuMs: cpuTicks * tickMs, memoryBytesMax };
    },
  };
}
