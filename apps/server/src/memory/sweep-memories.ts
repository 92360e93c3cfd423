// Deletes memories whose time is over, tenant by tenant, in small batches: at the start, and every ten minutes.
// What is due is in the rows, so any number of these may run side by side.

import type { TenantId } from '@chorale/lib-ids';
import type { MemoryStore } from '@chorale/module-memory';
import { Beat, type BeatPorts } from '../process/beat.ts';

const everyMs = 600_000;

export function sweepMemories(memory: Pick<MemoryStore, 'execute' | 'listTenantsToSweep'>, ports: BeatPorts): Beat {
  const { log } = ports;
  return new Beat(ports, {
    name: 'memory sweeper',
    everyMs,
    complaint: 'memories whose time is over cannot be deleted',
    async round(isEnding) {
      for (const tenantId of await memory.listTenantsToSweep()) {
        if (isEnding()) return;
        const deleted = await sweepTenant(memory, tenantId, isEnding);
        if (deleted > 0) log.info('memories whose time was over were deleted', { tenant: tenantId, memories: deleted });
      }
    },
  });
}

async function sweepTenant(
  memory: Pick<MemoryStore, 'execute'>,
  tenantId: TenantId,
  isEnding: () => boolean,
): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { memoryIds, more } = await memory.execute({ command: 'sweep', tenantId, dryRun: false });
    deleted += memoryIds.length;
    if (!more || isEnding()) return deleted;
  }
}
