import { hash, randomBytes as nodeRandomBytes, randomFillSync } from 'node:crypto';
import type { Sha256 } from '@chorale/module-access';

/** In one call: a `Hash` object for each of millions of short texts is work for the garbage collector. */
export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');

/** Asking the system for 16 bytes takes as long as asking it for 4,096. */
const pool = Buffer.alloc(4_096);
const pooledMax = 64;
let taken = pool.length;

/** From the system's generator. What was given out is nowhere else any more. */
export const randomBytes = (count: number): Uint8Array => {
  if (count > pooledMax) return nodeRandomBytes(count);
  if (taken + count > pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  const bytes = new Uint8Array(pool.subarray(taken, taken + count));
  pool.fill(0, taken, taken + count);
  taken += count;
  return bytes;
};
