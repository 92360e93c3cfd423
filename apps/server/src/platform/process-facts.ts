// What this process says of itself to the others.

import type { WorkerIdentity } from '../worker/worker-lease.ts';
import type { Config } from '../config/config-schema.ts';
import { productVersion } from './product.ts';

/** `address`: of its API; empty where it has none. */
export function describeProcess({ roles, worker }: Config, address: string): WorkerIdentity {
  const takesTasks = roles.includes('worker');
  return {
    name: worker.name,
    labels: takesTasks ? worker.labels : [],
    version: productVersion,
    process: { roles, address, slots: takesTasks ? worker.slots : 0, pid: process.pid },
  };
}
