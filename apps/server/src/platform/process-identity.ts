// Tells one process from another that got the same number later.

import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the kernel's ticks, and in which run of the system; empty where /proc does not say. */
  readonly began: string;
}

/** Undefined when there is no such process. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold anything; the fields after it are numbers, the 20th the start time.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    // A zombie runs no more: it only waits for its parent to look.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, began: `${fields[19]}@${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}` };
  } catch {
    return isAlive(pid) ? { pid, began: '' } : undefined;
  }
}

/** True when that very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  const found = identifyProcess(identity.pid);
  return found !== undefined && found.began === identity.began;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
