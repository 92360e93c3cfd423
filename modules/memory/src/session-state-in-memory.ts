// Session states in this process: for one process; a cluster shares Redis.

import {
  checkSessionWrite,
  sessionName,
  sessionStateChanged,
  type SessionState,
  type SessionStateStore,
} from './session-state.ts';

/** Beyond so many, saved ones that were not used for the longest are pushed out. */
const statesMax = 1_000;

interface Kept {
  readonly state: SessionState;
  saved: number;
}

export function openSessionStatesInMemory(now: () => number, max = statesMax): SessionStateStore {
  // In the order in which they were last used.
  const kept = new Map<string, Kept>();
  // In the order in which they began to wait.
  const unsaved = new Set<string>();
  const use = (name: string, entry: Kept): void => {
    kept.delete(name);
    kept.set(name, entry);
    if (kept.size <= max) return;
    for (const other of kept.keys()) {
      if (unsaved.has(other)) continue;
      kept.delete(other);
      return;
    }
  };
  const forget = (name: string): void => {
    kept.delete(name);
    unsaved.delete(name);
  };
  return {
    async find(key) {
      const name = sessionName(key);
      const entry = kept.get(name);
      if (entry !== undefined) use(name, entry);
      return entry?.state;
    },
    async put(key, write) {
      const text = checkSessionWrite(key, write);
      const name = sessionName(key);
      const entry = kept.get(name);
      const version = entry?.state.version ?? 0;
      if (version !== write.expectedVersion) throw sessionStateChanged(key, write.expectedVersion, version);
      const { tenantId, scope, sessionId } = key;
      const value: SessionState['value'] = JSON.parse(text);
      const state = { tenantId, scope, sessionId, version: version + 1, value, changedAt: now() };
      unsaved.add(name);
      use(name, { state, saved: entry?.saved ?? 0 });
      return state;
    },
    async restore(state) {
      const name = sessionName(state);
      const there = kept.get(name);
      if (there !== undefined && there.state.version >= state.version) return there.state;
      unsaved.delete(name);
      use(name, { state, saved: state.version });
      return state;
    },
    async drop(key) {
      forget(sessionName(key));
    },
    async countTenant(tenantId) {
      return [...kept.values()].filter(({ state }) => state.tenantId === tenantId).length;
    },
    async dropTenant(tenantId) {
      for (const [name, { state }] of kept) if (state.tenantId === tenantId) forget(name);
    },
    async listUnsaved(limit) {
      return [...unsaved].slice(0, limit).map((name) => kept.get(name)!.state);
    },
    async noteSaved(key, version) {
      const name = sessionName(key);
      const entry = kept.get(name);
      if (entry === undefined) return;
      entry.saved = Math.max(entry.saved, version);
      if (entry.saved >= entry.state.version) unsaved.delete(name);
    },
    close: async () => undefined,
  };
}
