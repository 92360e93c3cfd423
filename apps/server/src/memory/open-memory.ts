// What this process does with memory besides serving it: agents' notes, working memory, the ends of goals.

import type { TenantId } from '@chorale/lib-ids';
import type { TenantPlace } from '@chorale/module-access';
import type { NotesPort } from '@chorale/module-agents';
import type { GoalStore } from '@chorale/module-goals';
import {
  openSessionStatesInMemory,
  type ErasedPlace,
  type MemoryStore,
  type SessionStateStore,
} from '@chorale/module-memory';
import { createAgentNotes } from '../agents/agent-notes.ts';
import type { BeatPorts } from '../process/beat.ts';
import type { Service } from '../process/service.ts';
import type { Redactors } from '../secrets/redactors.ts';
import { redactCommands } from '../secrets/redacting-store.ts';
import { GoalEndings, watchGoalEndings } from './goal-endings.ts';
import { saveWorkingMemory, WorkingMemory } from './working-memory.ts';

export interface MemoryParts {
  readonly store: Pick<GoalStore, 'findGoal' | 'listGoals' | 'listTasks' | 'findDefinition' | 'onCommit'>;
  readonly memory: MemoryStore;
  /** Where a cluster keeps the state of its sessions; without, it is this process. */
  readonly states: SessionStateStore | undefined;
  readonly listTenants: () => Promise<readonly TenantId[]>;
  readonly redactors: Redactors;
}

export interface MemoryServices {
  readonly notes: NotesPort;
  readonly endings: GoalEndings;
  /** What is in hand of what is erased. */
  readonly erased: ErasedPlace;
  readonly ofTenant: TenantPlace;
  /** For a process with the role `worker`. */
  services(ports: BeatPorts): readonly Service[];
  /** Saves what is in hand; after the services have ended. */
  close(): Promise<void>;
}

export function openMemory({ store, states, listTenants, redactors, ...parts }: MemoryParts): MemoryServices {
  const memory = redactCommands(parts.memory, redactors);
  const working = new WorkingMemory({ states: states ?? openSessionStatesInMemory(Date.now), memory, listTenants });
  const endings = new GoalEndings({ store, memory, working, listTenants });
  return {
    notes: createAgentNotes({ memory, working, now: Date.now }),
    endings,
    erased: working.erased,
    ofTenant: working.ofTenant,
    services: (ports) => [saveWorkingMemory(working, ports), watchGoalEndings(endings, ports)],
    async close() {
      await working.save();
    },
  };
}
