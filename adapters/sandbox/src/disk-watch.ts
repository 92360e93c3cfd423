// Holds the writable directories of a sandbox to their quota, by looking.
//
// Only a file's size has a limit the kernel enforces without help from the file system (RLIMIT_FSIZE). The sum is
// measured: the file system's free blocks and entries, which cost one call, say when it may be near; a walk decides.

import type { Dirent } from 'node:fs';
import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** An entry costs at least this, so that a million empty files count as what they take from the disk. */
const bytesOfAnEntryMin = 4096;
const lookEveryMs = 100;
const walkEveryMsMin = 1_000;
/** A walk may take this part of the time, and the larger one when the quota may be near. */
const walkShare = 1 / 20;
const walkShareWhenNear = 1 / 3;
const statsAtOnceMax = 64;

async function readDirectory(directory: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch {
    return []; // Removed while we walked.
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return Math.max(bytesOfAnEntryMin, (await lstat(path)).blocks * 512);
  } catch {
    return 0;
  }
}

/** Bytes allocated below the directories, without following links; stops once `stopAbove` is passed. */
async function measureDirectories(directories: readonly string[], stopAbove = Infinity): Promise<number> {
  const waiting = [...directories];
  let total = 0;
  for (let directory = waiting.pop(); directory !== undefined && total <= stopAbove; directory = waiting.pop()) {
    const parent = directory;
    const entries = await readDirectory(parent);
    for (let start = 0; start < entries.length && total <= stopAbove; start += statsAtOnceMax) {
      const batch = entries.slice(start, start + statsAtOnceMax);
      for (const entry of batch) if (entry.isDirectory()) waiting.push(join(parent, entry.name));
      const sizes = await Promise.all(batch.map((entry) => sizeOf(join(parent, entry.name))));
      total += sizes.reduce((sum, size) => sum + size, 0);
    }
  }
  return total;
}

/** What the file system could still take, in bytes that a new entry costs as well. */
async function roomLeft(directory: string): Promise<number> {
  const { bavail, bsize, ffree } = await statfs(directory);
  return bavail * bsize + ffree * bytesOfAnEntryMin;
}

export interface DiskWatch {
  /** Stops looking; true when the quota turns out to be passed at the end. */
  finish(): Promise<boolean>;
}

/** Calls `onExceeded` once, when the directories together hold more than `bytesMax`. */
export async function watchDisk(
  directories: readonly string[],
  bytesMax: number,
  onExceeded: () => void,
): Promise<DiskWatch> {
  const first = directories[0];
  if (first === undefined) return { finish: () => Promise.resolve(false) };
  let roomAtLastWalk = await roomLeft(first);
  let measured = 0;
  let nextWalkMs = Date.now() + walkEveryMsMin;
  let notBeforeMs = 0;
  let exceeded = false;
  let looking: Promise<void> | undefined;

  const walk = async (room: number): Promise<void> => {
    const startMs = Date.now();
    measured = await measureDirectories(directories, bytesMax);
    roomAtLastWalk = room;
    const [nowMs, tookMs] = [Date.now(), Date.now() - startMs];
    nextWalkMs = nowMs + Math.max(walkEveryMsMin, tookMs / walkShare);
    notBeforeMs = nowMs + tookMs / walkShareWhenNear;
    if (measured <= bytesMax || exceeded) return;
    exceeded = true;
    onExceeded();
  };
  const look = async (mayWait: boolean): Promise<void> => {
    const room = await roomLeft(first);
    const mayBeFull = roomAtLastWalk - room >= bytesMax - measured;
    const due = Date.now() >= (mayBeFull ? notBeforeMs : nextWalkMs);
    if (mayWait ? due : mayBeFull) await walk(room);
  };
  const timer = setInterval(() => {
    looking ??= look(true)
      // The directory was removed under us: nothing left to measure.
      .catch(() => undefined)
      .finally(() => (looking = undefined));
  }, lookEveryMs);
  return {
    finish: async () => {
      clearInterval(timer);
      await looking;
      if (!exceeded) await look(false).catch(() => undefined);
      return exceeded;
    },
  };
}
