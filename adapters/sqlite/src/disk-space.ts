// Stops the growth of the store while there is still room to read it, to keep what is held and to say why.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ErrorRecord } from '@chorale/lib-errors';
import type { Command } from '@chorale/module-goals';

const mebibyte = 1024 * 1024;
/** Space kept free: a batch of commands, the log that is not checkpointed yet, and heartbeats for a long time. */
const reserveBytesMax = 64 * mebibyte;
/** Of a small disk no more than this part is kept free. */
const reservePart = 0.1;

/**
 * Says why nothing that grows the store may be written; writing goes on by itself when space returns. It looks at the
 * disk each time: 5 us, where the commit that follows takes fifty times as long.
 */
export function watchDisk(path: string): () => ErrorRecord | undefined {
  const directory = dirname(path);
  return () => {
    const { bavail, blocks, bsize } = statfsSync(directory);
    const freeBytes = bavail * bsize;
    const reserveBytes = Math.min(reserveBytesMax, blocks * bsize * reservePart);
    return freeBytes >= reserveBytes ? undefined : nearlyFull(directory, freeBytes, reserveBytes);
  };
}

/**
 * Commands that keep or end what is there. They go on while the disk is nearly full: they replace small rows, a lease
 * is not lost for want of space somewhere, and a person can stop the work that fills the disk.
 */
export function isKeeping({ command }: Command): boolean {
  return (
    command === 'heartbeat' || command === 'retire-worker' || command === 'pause-goal' || command === 'cancel-goal'
  );
}

function nearlyFull(directory: string, freeBytes: number, reserveBytes: number): ErrorRecord {
  return {
    family: 'temporary',
    code: 'disk-full',
    message: `The disk of ${directory} has ${inMebibytes(freeBytes)} left; below ${inMebibytes(reserveBytes)} no new work is written.`,
    action: 'Free space on that disk; writing goes on by itself.',
    retryAfterMs: 5_000,
  };
}

function inMebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1)} MiB`;
}
