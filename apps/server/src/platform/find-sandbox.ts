// The sandbox of this process, or what stands in for it where none can be had: something that refuses to run anything
// and says how to install one. The rest of the product works without.

import { openSandbox } from '@chorale/adapter-sandbox';
import { toErrorRecord } from '@chorale/lib-errors';
import type { SandboxDriver } from '@chorale/module-agents';
import type { Config } from '../config/config-schema.ts';
import type { Log } from '../process/log.ts';

export interface FoundSandbox {
  readonly driver: SandboxDriver;
  /** Why there is none. */
  readonly missing?: Error;
}

export async function findSandbox({ sandbox }: Config, log: Log): Promise<FoundSandbox> {
  try {
    const driver = await openSandbox({ allowUnsandboxed: sandbox.unconfined, warn: (message) => log.warn(message) });
    for (const warning of driver.facts.warnings) log.warn(warning);
    return { driver };
  } catch (error) {
    if (!(error instanceof Error) || toErrorRecord(error).code !== 'sandbox-unavailable') throw error;
    log.error('tasks that run something will be refused', { error });
    return { driver: refusingDriver(error), missing: error };
  }
}

function refusingDriver(missing: Error): SandboxDriver {
  const nobody = { memory: 'none', pids: 'none', cpu: 'none', disk: 'none' } as const;
  return {
    name: 'none',
    facts: { isolated: false, seccomp: false, cgroups: 'none', enforcement: nobody, warnings: [] },
    async run() {
      throw missing;
    },
    async close() {},
  };
}
