import { hash, randomBytes as nodeRandomBytes } from 'node:crypto';
import type { Sha256 } from '@chorale/module-access';

/** In one call: a `Hash` object for each of millions of short texts is work for the garbage collector. */
export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');

/** From the system's generator. */
export const randomBytes = (count: number): Uint8Array => nodeRandomBytes(count);
