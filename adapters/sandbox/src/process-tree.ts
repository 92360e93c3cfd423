// Looks at the processes of a sandbox from the host, through /proc.

import { readdirSync, readFileSync } from 'node:fs';

/** AT_PAGESZ of the auxiliary vector (getauxval(3)): 4 KiB, or up to 64 KiB on aarch64. */
function readPageBytes(): number {
  const auxiliaryVector = readFileSync('/proc/self/auxv');
  for (let offset = 0; offset + 16 <= auxiliaryVector.length; offset += 16) {
    if (auxiliaryVector.readBigUInt64LE(offset) === 6n) return Number(auxiliaryVector.readBigUInt64LE(offset + 8));
  }
  return 4096;
}

export const pageBytes = readPageBytes();

export interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  /** Kernel ticks since boot; with the pid it names one process for ever. */
  readonly startTicks: number;
  readonly cpuTicks: number;
  readonly residentPages: number;
}

/** Fields after the command name, which may itself hold spaces and brackets (proc_pid_stat(5)). */
export function readProcessStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => Number(fields[index]);
  return {
    pid,
    state: fields[0] ?? '?',
    cpuTicks: number(11) + number(12),
    startTicks: number(19),
    residentPages: number(21),
  };
}

/** The process and all that descend from it; in a pid namespace every process descends from its init. */
export function listProcessTree(rootPid: number): readonly number[] {
  const found = [rootPid];
  for (let index = 0; index < found.length; index++) {
    for (const child of listChildren(found[index] as number)) found.push(child);
  }
  return found;
}

function listChildren(pid: number): readonly number[] {
  const children: number[] = [];
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1');
      for (const word of text.split(' ')) if (word !== '') children.push(Number(word));
    }
  } catch {
    // It ended while we looked.
  }
  return children;
}

/** True once the process is dead, even where nobody has reaped it yet. A namespace's init only gets there after all its members. */
export function isGone(pid: number, startTicks: number): boolean {
  const stat = readProcessStat(pid);
  return stat === undefined || stat.startTicks !== startTicks || stat.state === 'Z' || stat.state === 'X';
}

export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone.
  }
}
