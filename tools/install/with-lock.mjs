// One process at a time, across processes, on a machine with nothing but Node.
//
// The lock is a folder, because creating one either succeeds or fails. Its holder touches it while it works, so a
// holder that died is noticed by age; process ids would lie between containers that share a checkout.

import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const touchEveryMs = 1_000;
const abandonedAfterMs = 15_000;
const lookAgainMs = 200;

/**
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  await take(path);
  const beat = setInterval(() => {
    const now = new Date();
    // A failed touch only makes the lock look older; the next one mends it.
    utimes(path, now, now).catch(() => {});
  }, touchEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { recursive: true, force: true });
  }
}

/** @param {string} path */
async function take(path) {
  let told = false;
  for (;;) {
    try {
      await mkdir(path);
      return;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    if (!told) process.stderr.write(`chorale: waiting for another process (${path})\n`);
    told = true;
    if (await isAbandoned(path)) await removeAbandoned(path);
    else await wait(lookAgainMs);
  }
}

/** @param {string} path */
async function isAbandoned(path) {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > abandonedAfterMs;
}

/**
 * Two waiters may both find the same dead lock. Moving it away succeeds for one of them; if that one moved a lock
 * which a third had just taken, it is still fresh, and is put back.
 * @param {string} path
 */
async function removeAbandoned(path) {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if (await isAbandoned(aside)) await rm(aside, { recursive: true, force: true });
  else await rename(aside, path).catch(() => {});
}
