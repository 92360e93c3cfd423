// Descriptors this process was started with and that a child would inherit.
//
// Node opens its own with close-on-exec, but whoever started Node may have left others open without it, and everything
// a child inherits reaches into the sandbox: a root shell's `exec 40</etc/shadow` was readable inside.

import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:fs';
import type { IOType } from 'node:child_process';
import type { Stream } from 'node:stream';
import { refused } from '@chorale/lib-errors';

type StdioEntry = IOType | Stream | number | 'overlapped';

const closeOnExec = 0o2000000;
/** The stdio table given to a child has an entry for each number up to the highest. */
const descriptorMax = 4096;

function isInherited(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'));
    return flags !== null && (Number.parseInt(flags[1] ?? '0', 8) & closeOnExec) === 0;
  } catch {
    return false;
  }
}

function listInheritedDescriptors(): readonly number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && isInherited(descriptor));
}

/**
 * Calls `use` with a stdio table in which every inherited descriptor past the given entries leads to /dev/null.
 * ('ignore' would not do: past 2 it means "leave as it is".)
 */
export function withMaskedDescriptors<T>(entries: readonly StdioEntry[], use: (stdio: StdioEntry[]) => T): T {
  const inherited = listInheritedDescriptors().filter((descriptor) => descriptor >= entries.length);
  const highest = Math.max(...inherited, 0);
  if (highest > descriptorMax) {
    throw refused(
      'sandbox-start-failed',
      `descriptor ${highest} was inherited from the process that started this one and would leak into the sandbox`,
      {
        action: `close it before starting (in a shell: exec ${highest}>&-)`,
      },
    );
  }
  const stdio: StdioEntry[] = [...entries];
  if (inherited.length === 0) return use(stdio);
  const nowhere = openSync('/dev/null', constants.O_RDWR);
  try {
    while (stdio.length <= highest) stdio.push(inherited.includes(stdio.length) ? nowhere : 'ignore');
    return use(stdio);
  } finally {
    closeSync(nowhere);
  }
}
