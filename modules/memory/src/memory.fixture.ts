// Short words for tests: a memory in a line.

import type { TenantId } from '@chorale/lib-ids';
import { notePosition, type Memory, type MemoryId } from './memory.ts';

export const north = 'north' as TenantId;
export const ann = { kind: 'user', id: 'ann' } as const;
export const dayMs = 86_400_000;
/** The first of March 2027. */
export const today = Date.UTC(2027, 2, 1);

let made = 0;

export function makeMemory(body: string, more: Partial<Memory> = {}): Memory {
  made++;
  return {
    tenantId: north,
    memoryId: `memory_${String(made).padStart(6, '0')}` as MemoryId,
    scope: ann,
    kind: 'episodic',
    state: 'active',
    stateReason: undefined,
    body,
    claim: undefined,
    sessionId: 'a',
    place: { session: made * 10, position: notePosition },
    speaker: 'ann',
    role: 'person',
    validFrom: today - dayMs,
    validTo: undefined,
    ends: [],
    recordedAt: today - dayMs,
    retractedAt: undefined,
    provenance: [],
    recordedBy: 'extraction',
    supersedes: undefined,
    confidence: 1,
    importance: 0.5,
    sensitivity: 'normal',
    retention: 'forever',
    expiresAt: undefined,
    pinned: false,
    legalHold: false,
    lastUsedAt: undefined,
    uses: 0,
    ...more,
  };
}

/** Turns of one session, as `speaker: text`. */
export function makeSession(session: number, turns: readonly string[]): readonly Memory[] {
  return turns.map((turn, position) => {
    const [speaker, text] = turn.split(': ');
    return makeMemory(text!, { speaker: speaker!, place: { session, position }, sessionId: `session-${session}` });
  });
}
