// Session states as the rest of the product uses them: kept where it is fast, saved to rows every few seconds and at the end,
// and read from rows again when what is fast has lost them.

import type { MemoryStore } from './memory-store.ts';
import type { ErasedPlace } from './erase-subject.ts';

import type { SessionKey, SessionState, SessionStateStore, SessionWrite } from './session-state.ts';

export interface SessionPorts {
  readonly fast: SessionStateStore;
  readonly memory: Pick<MemoryStore, 'execute' | 'findSessionState' | 'listSessionStates'>;
}

export interface Sessions {
  find(key: SessionKey): Promise<SessionState | undefined>;
  /** @throws refused `session-state-changed`, `session-state-too-large`. */
  put(key: SessionKey, write: SessionWrite): Promise<SessionState>;
  /** Saves what is not saved yet; answers how many states. */
  save(): Promise<number>;
  /** What is fast forgets them before their rows go. */
  readonly erased: ErasedPlace;
  /** Saves, and closes what is fast. */
  close(): Promise<void>;
}

const savedAtOnce = 50;

export function openSessions({ fast, memory }: SessionPorts): Sessions {
  const find = async (key: SessionKey): Promise<SessionState | undefined> => {
    const found = await fast.find(key);
    if (found !== undefined) return found;
    const saved = await memory.findSessionState(key);
    return saved === undefined ? undefined : await fast.restore(saved);
  };
  const save = async (): Promise<number> => {
    let saved = 0;
    for (;;) {
      const states = await fast.listUnsaved(savedAtOnce);
      for (const state of states) {
        await memory.execute({ command: 'save-session-state', tenantId: state.tenantId, state });
        await fast.noteSaved(state, state.version);
      }
      saved += states.length;
      if (states.length < savedAtOnce) return saved;
    }
  };
  return {
    find,
    async put(key, write) {
      await find(key);
      return await fast.put(key, write);
    },
    save,
    erased: {
      name: 'session states',
      async forget(tenantId, { scope, sessionId, speaker, memoryIds }) {
        if (speaker !== undefined || memoryIds !== undefined) return;
        if (sessionId !== undefined) return await fast.drop({ tenantId, scope, sessionId });
        // Saved first, so that the rows name them all.
        await save();
        for (const state of await memory.listSessionStates(tenantId, scope)) await fast.drop(state);
      },
    },
    async close() {
      await save();
      await fast.close();
    },
  };
}
