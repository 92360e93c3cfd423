// Three ways to end a store while it acknowledges work, none of which gives it notice.
//
// A copy:   a power cut. The process is stopped between two of its instructions (SIGSTOP; each thread is seen to stand
//           still) and the image of its disk is copied. The copy holds what the device was given, and nothing of what the
//           kernel only keeps in memory: those pages belong to the mounted file system, not to the image. A copy taken
//           while writes go on would be of no single moment (the log of one, the database of another) and would show
//           losses that no power cut makes; so the device's count of writes is compared before and after, and a copy that
//           met one is repeated.
// In place: a power cut. The file system is shut down under the running process (EXT4_IOC_SHUTDOWN without flushing its
//           journal), at any point of a write, an fsync or a commit of the journal. The process then meets I/O errors, so
//           this also shows that it ends nothing half on a disk that fails. A copy of the image is checked, mounted and
//           worked on: each cut meets a store that has survived those before. What was acknowledged after the cut began does
//           not count: Linux lets the one fsync that is under way then return success (a bare file showed it in 3 of 40
//           cuts), and a machine without power tells nobody.
// A kill:   the process ends by SIGKILL and the machine lives on; again on one store, time after time.
//
// What none shows: a disk that says it has written what it has not, one that tears sectors, and one that loses what it was
// given and not yet told to flush (the loop device gives writes on at once).

import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isAcknowledgement, readLog } from './acknowledgements.ts';
import { auditStore, checkIntegrity } from './audit-store.ts';
import { LoopDisk } from './loop-disk.ts';
import { StoreProcess } from './store-process.ts';

/** How a store may be broken on purpose; see careless-store.mjs. */
export type Fault = 'synchronous=OFF' | 'synchronous=NORMAL' | 'late commit';

export interface Crash {
  /** Acknowledgements until then, over all crashes of this store. */
  readonly acknowledged: number;
  /** What was lost, half done or stuck. */
  readonly findings: readonly string[];
}

/** Everything that was wrong, with crashes that were not made, or that met a store which had done nothing new. */
export function problemsOf(crashes: readonly Crash[], count: number): readonly string[] {
  const idle = crashes.flatMap(({ acknowledged }, index) =>
    acknowledged > (crashes[index - 1]?.acknowledged ?? 0) ? [] : [`crash ${index} met an idle store`],
  );
  const missing = crashes.length === count ? [] : [`${crashes.length} of ${count} crashes were made`];
  return [...findingsOf(crashes), ...idle, ...missing];
}

/** The first of each crash: thousands would follow that say the same. */
export function findingsOf(crashes: readonly Crash[]): readonly string[] {
  return crashes.flatMap(({ findings }) => findings.slice(0, findingsShown));
}

const findingsShown = 5;
const careless = fileURLToPath(new URL('./careless-store.mjs', import.meta.url));
const diskMib = 192;
/** About 300 acknowledgements: the process is up and busy. */
const busyBytes = 40_000;
const waitMsMax = 150;

export function cutCopies(count: number, fault?: Fault): Promise<readonly Crash[]> {
  return onNewDisk((disk) =>
    withLog(async (log) => {
      const crashes: Crash[] = [];
      const store = new StoreProcess(optionsOf(disk.root, log, fault));
      try {
        while (crashes.length < count) {
          await beBusy(store);
          await store.freeze();
          const copy = await disk.copy();
          try {
            crashes.push(await examineDisk(copy, log));
          } finally {
            copy.remove();
          }
          store.thaw();
        }
        return crashes;
      } finally {
        await store.kill();
      }
    }),
  );
}

export function cutInPlace(count: number, fault?: Fault): Promise<readonly Crash[]> {
  return onNewDisk((disk) =>
    repeatedly(count, async (log) => {
      const store = new StoreProcess(optionsOf(disk.root, log, fault));
      try {
        await beBusy(store);
        const acknowledgedBytes = statSync(log).size;
        disk.cutPower();
        // It meets the errors of a disk that is gone.
        await sleep(50);
        await store.kill();
        truncateSync(log, acknowledgedBytes);
      } finally {
        await store.kill();
      }
      await disk.replaceByCopy();
      const crash = await examineDisk(disk, log);
      disk.mount();
      return crash;
    }),
  );
}

export async function killProcesses(count: number, fault?: Fault): Promise<readonly Crash[]> {
  const folder = mkdtempSync(join(tmpdir(), 'chorale-killed-'));
  try {
    return await repeatedly(count, async (log) => {
      const store = new StoreProcess(optionsOf(folder, log, fault));
      try {
        await beBusy(store);
      } finally {
        await store.kill();
      }
      return examine(folder, log);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** On one store and one log; ends with the first crash that did harm. */
function repeatedly(count: number, crash: (log: string) => Promise<Crash>): Promise<readonly Crash[]> {
  return withLog(async (log) => {
    const crashes: Crash[] = [];
    while (crashes.length < count && crashes.every(({ findings }) => findings.length === 0)) {
      crashes.push(await crash(log));
    }
    return crashes;
  });
}

async function beBusy(store: StoreProcess): Promise<void> {
  await store.acknowledges(busyBytes);
  await sleep(Math.random() * waitMsMax);
}

function optionsOf(root: string, log: string, fault: Fault | undefined): ConstructorParameters<typeof StoreProcess>[0] {
  const database = databaseIn(root);
  return fault === undefined
    ? { database, log }
    : { database, log, preload: careless, env: { CHORALE_TRIAL_FAULT: fault } };
}

async function onNewDisk<T>(use: (disk: LoopDisk) => Promise<T>): Promise<T> {
  const disk = LoopDisk.create(diskMib);
  try {
    return await use(disk);
  } finally {
    disk.remove();
  }
}

async function withLog<T>(use: (log: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'chorale-acknowledged-'));
  try {
    return await use(join(folder, 'log'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Leaves the disk unmounted. */
async function examineDisk(disk: LoopDisk, log: string): Promise<Crash> {
  disk.check();
  disk.mount();
  try {
    return await examine(disk.root, log);
  } finally {
    disk.unmount();
  }
}

async function examine(root: string, log: string): Promise<Crash> {
  const acknowledged = readLog(log).filter(isAcknowledgement);
  const findings = await auditStore(databaseIn(root), acknowledged);
  return { acknowledged: acknowledged.length, findings: [...findings, ...checkIntegrity(databaseIn(root))] };
}

function databaseIn(root: string): string {
  return join(root, 'data', 'chorale.db');
}
