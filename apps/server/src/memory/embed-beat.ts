// Makes the vectors that memories lack, in the background: what is new has one some seconds later.

import type { TenantId } from '@chorale/lib-ids';
import { embedMemories, type Embedder, type MemoryStore } from '@chorale/module-memory';
import { Beat, type BeatPorts } from '../process/beat.ts';

const everyMs = 10_000;

export interface EmbeddingParts {
  readonly memory: Pick<MemoryStore, 'execute' | 'listUnembedded'>;
  readonly embedder: Embedder;
  readonly listTenants: () => Promise<readonly TenantId[]>;
}

export function embedInBackground({ memory, embedder, listTenants }: EmbeddingParts, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'memory vectors',
    everyMs,
    complaint: 'memories cannot be embedded; they are found by their words',
    async round(isEnding) {
      for (const tenantId of await listTenants()) {
        let made = 0;
        for (let more = 1; more > 0 && !isEnding(); made += more)
          more = await embedMemories(memory, embedder, tenantId);
        if (made > 0) ports.log.info('memories were embedded', { tenant: tenantId, memories: made });
      }
    },
  });
}
