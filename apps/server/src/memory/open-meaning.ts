// Whether memories are found by meaning as well: where a model for it was configured.

import type { TenantId } from '@chorale/lib-ids';
import { searchByMeaning, type MemoryStore } from '@chorale/module-memory';
import type { ModelServices } from '../models/model-services.ts';
import type { BeatPorts } from '../process/beat.ts';
import type { Extras } from '../process/extras.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';
import { embedInBackground } from './embed-beat.ts';
import { openEmbedder } from './open-embedder.ts';

export interface MeaningParts {
  /** The embedding model's name; empty: none. */
  readonly model: string;
  readonly models: ModelServices;
  readonly memory: MemoryStore;
  readonly listTenants: () => Promise<readonly TenantId[]>;
  readonly log: Log;
  readonly extras: Extras;
}

export interface Meaning {
  /** Searches by meaning as well. */
  readonly memory: MemoryStore;
  /** For a process with the role `scheduler`. */
  services(ports: BeatPorts): readonly Service[];
}

export function openMeaning({ model, models, memory, listTenants, log, extras }: MeaningParts): Meaning {
  if (model === '') return { memory, services: () => [] };
  const embedder = openEmbedder({ models, model, now: Date.now, random: Math.random });
  const onFailure = (error: unknown): void =>
    log.warn('a question could not be embedded; it was searched by its words', { error });
  const search = searchByMeaning(memory, embedder, onFailure);
  return {
    // A call of a model for each question is left off while there is no time: words find most of it.
    memory: { ...memory, search: (asked) => (extras.isOff ? memory.search(asked) : search(asked)) },
    services: (ports) => [embedInBackground({ memory, embedder, listTenants }, ports)],
  };
}
