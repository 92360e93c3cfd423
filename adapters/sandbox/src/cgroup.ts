// What the drivers need of cgroups, whichever version the machine has.
//
// Owns:       the directories named `chorale-<pid>-<start ticks>-<n>` under this process's own cgroup (or beside it, on v2).
// Invariants: C1 a process is in its cgroup before the command is executed in it.
//             C2 a directory is removed when its sandbox ends; one left by a process that died is removed by the next one
//                that opens a sandbox (see ./cgroup-reaper.ts).

import type { SandboxFacts, SandboxLimits } from '@chorale/module-agents';

export interface CgroupUsage {
  readonly cpuMs?: number;
  readonly memoryBytesMax?: number;
  readonly oomKills: number;
  readonly pidsRefused: number;
}

/** One sandbox's group. */
export interface Cgroup {
  add(pid: number): Promise<void>;
  /** Sends SIGKILL to every member. */
  killAll(): void;
  pids(): readonly number[];
  usage(): CgroupUsage;
  /** Waits for the last member to leave, then removes the directories; gives up after two seconds and leaves them to the reaper. */
  remove(): Promise<void>;
}

export type CgroupController = 'memory' | 'pids' | 'cpu';

export interface CgroupManager {
  readonly version: SandboxFacts['cgroups'];
  readonly controllers: ReadonlySet<CgroupController>;
  /** Why the set of controllers is not complete, for the operator. */
  readonly warnings: readonly string[];
  create(limits: SandboxLimits): Promise<Cgroup>;
  /** Directories in which groups are made, for the reaper. */
  readonly bases: readonly string[];
}

/** The manager of a machine without usable cgroups. */
export function noCgroups(warnings: readonly string[]): CgroupManager {
  const group: Cgroup = {
    add: () => Promise.resolve(),
    killAll: () => undefined,
    pids: () => [],
    usage: () => ({ oomKills: 0, pidsRefused: 0 }),
    remove: () => Promise.resolve(),
  };
  return { version: 'none', controllers: new Set(), warnings, create: () => Promise.resolve(group), bases: [] };
}
