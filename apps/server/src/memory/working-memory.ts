// Working memory: what agents leave for each other while a goal is under way. It is in hand where sessions keep their state (this
// process, or a cache that a cluster shares), is saved to rows every few seconds and at the end of the process, and goes with the
// goal.
//
// Invariants: WM1 a note that is left again under its id is there once.
//             WM2 who finds no state in hand goes on from what was saved.
//             WM3 when a goal has ended, nothing of it is left, in hand or in rows.
//             WM4 what was erased is not in hand any more, so that it is not saved again; nor is what is of a tenant that is gone.

import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { TenantPlace } from '@chorale/module-access';
import type { Json } from '@chorale/module-goals';
import type {
  ErasedPlace,
  MemoryId,
  MemoryScope,
  MemoryStore,
  SessionKey,
  SessionState,
  SessionStateStore,
} from '@chorale/module-memory';
import { scopeKey } from '@chorale/module-memory';
import { Beat, type BeatPorts } from '../process/beat.ts';

export interface WorkingNote {
  /** Unique in its goal. */
  readonly id: string;
  readonly agent: string;
  readonly text: string;
  readonly at: number;
}

export interface OfGoal {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
}

/** The newest stay. */
const notesMax = 50;
/** Writers of one goal at the same moment. */
const triesMax = 20;
const savedAtOnce = 100;
const unsavedMax = 10_000;
const saveEveryMs = 5_000;

export interface WorkingMemoryParts {
  readonly states: SessionStateStore;
  readonly memory: Pick<MemoryStore, 'execute' | 'listMemories'>;
  readonly listTenants: () => Promise<readonly TenantId[]>;
}

export class WorkingMemory {
  readonly #states: SessionStateStore;
  readonly #memory: WorkingMemoryParts['memory'];
  readonly #listTenants: WorkingMemoryParts['listTenants'];
  /** What is in hand of a tenant that is erased. */
  readonly ofTenant: TenantPlace;

  constructor({ states, memory, listTenants }: WorkingMemoryParts) {
    this.#states = states;
    this.#memory = memory;
    this.#listTenants = listTenants;
    this.ofTenant = {
      name: 'working memory in hand',
      count: (tenantId) => states.countTenant(tenantId),
      erase: (tenantId) => states.dropTenant(tenantId),
    };
  }

  async leave(of: OfGoal, note: WorkingNote): Promise<void> {
    const key = keyOf(of);
    for (let tried = 1; ; tried++) {
      const state = await this.#find(key);
      const notes = notesIn(state);
      if (notes.some(({ id }) => id === note.id)) return;
      const value = { notes: [...notes, note].slice(-notesMax) } as unknown as Json;
      try {
        await this.#states.put(key, { expectedVersion: state?.version ?? 0, value });
        return;
      } catch (error) {
        if ((error as { readonly code?: string }).code !== 'session-state-changed' || tried === triesMax) throw error;
      }
    }
  }

  /** The oldest first. */
  async read(of: OfGoal): Promise<readonly WorkingNote[]> {
    return notesIn(await this.#find(keyOf(of)));
  }

  /** How many states were saved. */
  async save(): Promise<number> {
    const unsaved = await this.#states.listUnsaved(savedAtOnce);
    const there = new Set(unsaved.length === 0 ? [] : await this.#listTenants());
    for (const state of unsaved) {
      if (!there.has(state.tenantId)) {
        // Another process erased the tenant; here it was still in hand.
        await this.#states.drop(state);
        continue;
      }
      for (const note of notesIn(state)) await this.#keep(state, note);
      await this.#states.noteSaved(state, state.version);
      // Dropped meanwhile: its goal ended, or it was erased.
      if ((await this.#states.find(state)) === undefined) await this.#endRows(state);
    }
    return unsaved.length;
  }

  /** What is in hand of what is erased: otherwise it would be saved again. */
  readonly erased: ErasedPlace = {
    name: 'working memory',
    forget: async (tenantId, { scope, sessionId, speaker, memoryIds }) => {
      if (speaker !== undefined || memoryIds !== undefined) return;
      const one = sessionId === undefined ? {} : { sessionId };
      const unsaved = await this.#states.listUnsaved(unsavedMax);
      const inHand = unsaved.filter((key) => key.tenantId === tenantId && scopeKey(key.scope) === scopeKey(scope));
      const page = { scopes: [scope], kind: 'working', limit: unsavedMax, ...one } as const;
      const saved = await this.#memory.listMemories(tenantId, page);
      const sessions = new Set([...inHand, ...saved].map((row) => row.sessionId));
      for (const id of sessions)
        if (sessionId === undefined || id === sessionId) await this.#states.drop({ tenantId, scope, sessionId: id });
    },
  };

  async end(of: OfGoal): Promise<void> {
    const key = keyOf(of);
    await this.#states.drop(key);
    await this.#endRows(key);
  }

  async #endRows({ tenantId, scope, sessionId }: SessionKey): Promise<void> {
    await this.#memory.execute({ command: 'end-session', tenantId, scope, sessionId });
  }

  async #find(key: SessionKey): Promise<SessionState | undefined> {
    const inHand = await this.#states.find(key);
    if (inHand !== undefined) return inHand;
    const { tenantId, scope, sessionId } = key;
    const rows = await this.#memory.listMemories(tenantId, {
      scopes: [scope],
      sessionId,
      kind: 'working',
      limit: notesMax,
    });
    if (rows.length === 0) return undefined;
    const notes = rows
      .map(({ memoryId, speaker, body, validFrom }) => ({
        id: idOf(memoryId),
        agent: speaker,
        text: body,
        at: validFrom,
      }))
      .toSorted((a, b) => a.at - b.at);
    return this.#states.restore({ ...key, version: 1, value: { notes }, changedAt: 0 });
  }

  async #keep({ tenantId, scope, sessionId }: SessionKey, { id, agent, text, at }: WorkingNote): Promise<void> {
    await this.#memory.execute({
      command: 'remember',
      tenantId,
      memory: {
        memoryId: `memory_${id}` as MemoryId,
        scope,
        sessionId,
        kind: 'working',
        body: text,
        recordedBy: agent,
        role: 'assistant',
        validFrom: at,
      },
    });
  }
}

/** Saves what is in hand, again and again; once more when the process ends. */
export function saveWorkingMemory(working: WorkingMemory, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'working memory',
    everyMs: saveEveryMs,
    complaint: 'what agents left for each other cannot be saved',
    async round() {
      while ((await working.save()) === savedAtOnce);
    },
  });
}

function keyOf({ tenantId, goalId }: OfGoal): SessionKey {
  const scope: MemoryScope = { kind: 'tenant', id: tenantId };
  return { tenantId, scope, sessionId: goalId };
}

function notesIn(state: SessionState | undefined): readonly WorkingNote[] {
  return (state?.value as { readonly notes?: readonly WorkingNote[] } | undefined)?.notes ?? [];
}

function idOf(memoryId: MemoryId): string {
  return memoryId.replace(/^memory_/, '');
}
