// Limits the kernel keeps for each process, set with prlimit(1) before the sandbox is entered and never raised inside.

import { release } from 'node:os';
import { readdirSync } from 'node:fs';
import type { SandboxLimits } from '@chorale/module-agents';
import type { CgroupController } from './cgroup.ts';

const openFilesMax = 4096;

/** Since 5.14 the kernel counts a user's processes for each user namespace by itself. */
function countsPerNamespace(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

const countProcesses = (): number => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;

/** The arguments of prlimit up to its command, for the launcher and all it starts. */
export function processLimitArguments(
  limits: SandboxLimits,
  controllers: ReadonlySet<CgroupController>,
): readonly string[] {
  return [
    '--core=0',
    `--fsize=${limits.diskBytes}`,
    `--nofile=${openFilesMax}`,
    // Private memory of one process; the sum is watched. Address space would not do: V8 reserves far more than it uses.
    ...(controllers.has('memory') ? [] : [`--data=${limits.memoryBytes}`]),
  ];
}

/** The watchdog ends a sandbox that passes its limit; this keeps the number bounded until it looks. */
const processesAboveLimit = 8;

/**
 * How many processes the kernel lets the sandbox's user have; undefined where a cgroup counts. Set inside, as the
 * user's other processes count towards a limit that was set before the user namespace was entered. Root is exempt.
 */
export function processCountLimit(
  limits: SandboxLimits,
  controllers: ReadonlySet<CgroupController>,
): number | undefined {
  if (controllers.has('pids')) return undefined;
  return limits.pids + processesAboveLimit + (countsPerNamespace() ? 0 : countProcesses() * 4);
}
