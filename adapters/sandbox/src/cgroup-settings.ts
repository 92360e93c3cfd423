// Which file of which cgroup version holds which limit, and where usage is read.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxLimits } from '@chorale/module-agents';
import type { CgroupController, CgroupUsage } from './cgroup.ts';

export interface CgroupSetting {
  readonly file: string;
  readonly value: string;
  /** Kernels built without swap accounting and the like lack some files; the limit still holds without them. */
  readonly optional?: true;
}

const cpuPeriodUs = 100_000;
/** The kernel refuses a smaller quota. */
const cpuQuotaUsMin = 1_000;

/** The sandbox's own init is one process more than the command was promised. */
const pidsOfTheSandboxItself = 1;

export function cgroupSettings(
  version: 1 | 2,
  controller: CgroupController,
  limits: SandboxLimits,
): readonly CgroupSetting[] {
  const memory = String(limits.memoryBytes);
  const quotaUs = Math.max(cpuQuotaUsMin, Math.round(limits.cpus * cpuPeriodUs));
  switch (controller) {
    case 'memory':
      return version === 1
        ? [
            { file: 'memory.limit_in_bytes', value: memory },
            { file: 'memory.memsw.limit_in_bytes', value: memory, optional: true },
          ]
        : [
            { file: 'memory.max', value: memory },
            { file: 'memory.swap.max', value: '0', optional: true },
            { file: 'memory.oom.group', value: '1', optional: true },
          ];
    case 'pids':
      return [{ file: 'pids.max', value: String(limits.pids + pidsOfTheSandboxItself) }];
    case 'cpu':
      return version === 1
        ? [
            { file: 'cpu.cfs_period_us', value: String(cpuPeriodUs) },
            { file: 'cpu.cfs_quota_us', value: String(quotaUs) },
          ]
        : [{ file: 'cpu.max', value: `${quotaUs} ${cpuPeriodUs}` }];
  }
}

function readText(directory: string | undefined, file: string): string | undefined {
  if (directory === undefined) return undefined;
  try {
    return readFileSync(join(directory, file), 'utf8');
  } catch {
    return undefined;
  }
}

/** `name value` lines, as in memory.events. */
function readField(directory: string | undefined, file: string, name: string): number | undefined {
  const line = readText(directory, file)
    ?.split('\n')
    .find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

function readNumber(directory: string | undefined, file: string): number | undefined {
  const text = readText(directory, file);
  return text === undefined ? undefined : Number(text);
}

/** The group's directory in each hierarchy that has one. */
export interface CgroupDirectories {
  readonly memory?: string;
  readonly pids?: string;
  readonly cpuacct?: string;
  readonly unified?: string;
}

export function readCgroupUsage(directories: CgroupDirectories): CgroupUsage {
  const { unified, memory, pids, cpuacct } = directories;
  const cpuNs = readNumber(cpuacct, 'cpuacct.usage');
  const cpuUs = readField(unified, 'cpu.stat', 'usage_usec') ?? (cpuNs === undefined ? undefined : cpuNs / 1000);
  const memoryBytesMax = readNumber(memory, 'memory.max_usage_in_bytes') ?? readNumber(unified, 'memory.peak');
  return {
    ...(cpuUs === undefined ? {} : { cpuMs: cpuUs / 1000 }),
    ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }),
    oomKills:
      readField(memory, 'memory.oom_control', 'oom_kill') ?? readField(unified, 'memory.events', 'oom_kill') ?? 0,
    pidsRefused: readField(pids ?? unified, 'pids.events', 'max') ?? 0,
  };
}
