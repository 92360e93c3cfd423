// The state of sessions under way: what a session holds in hand between one turn and the next. It lives where it is fast (this
// process, or Redis for a cluster) and is saved to rows every few seconds and when the session closes (`save-sessions.ts`):
// losing what is fast costs a session its last seconds.
//
// Invariants: SS-a a write names the version it was made from; of two that name the same, one is refused.
//             SS-b what was not saved is neither forgotten nor pushed out.

import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { Json } from '@chorale/module-goals';
import { scopeKey, type MemoryScope } from './memory.ts';

export interface SessionKey {
  readonly tenantId: TenantId;
  readonly scope: MemoryScope;
  readonly sessionId: string;
}

export interface SessionState extends SessionKey {
  /** 1 for the first; each write adds one. */
  readonly version: number;
  readonly value: Json;
  readonly changedAt: number;
}

export interface SessionWrite {
  /** The version it was made from; 0 where there was none. */
  readonly expectedVersion: number;
  readonly value: Json;
}

/** A `value` has at most so many characters as JSON. */
export const sessionStateMax = 262_144;

export interface SessionStateStore {
  find(key: SessionKey): Promise<SessionState | undefined>;
  /**
   * @throws refused `session-state-changed` when another version is there (`data.version`: which, 0 for none),
   *   `session-state-too-large`.
   */
  put(key: SessionKey, write: SessionWrite): Promise<SessionState>;
  /** Puts back what was saved, as saved; what is there and not older stays. Answers what is there after it. */
  restore(state: SessionState): Promise<SessionState>;
  drop(key: SessionKey): Promise<void>;
  /** Saved or not. */
  countTenant(tenantId: TenantId): Promise<number>;
  dropTenant(tenantId: TenantId): Promise<void>;
  /** Those whose newest version was not saved, the longest waiting first. */
  listUnsaved(limit: number): Promise<readonly SessionState[]>;
  /** Up to this version. What was saved in full may be pushed out when it was not used for long. */
  noteSaved(key: SessionKey, version: number): Promise<void>;
  close(): Promise<void>;
}

export function sessionName({ tenantId, scope, sessionId }: SessionKey): string {
  return JSON.stringify([tenantId, scopeKey(scope), sessionId]);
}

/** What every store checks before it writes; answers the value as JSON. */
export function checkSessionWrite({ sessionId }: SessionKey, { value }: SessionWrite): string {
  const text = JSON.stringify(value);
  if (text.length <= sessionStateMax) return text;
  throw refused('session-state-too-large', `The state of session ${sessionId} has ${text.length} characters.`, {
    action: `Keep at most ${sessionStateMax} in it, and the rest as memories or artifacts.`,
  });
}

export function sessionStateChanged({ sessionId }: SessionKey, expected: number, version: number): Error {
  const found = `The state of session ${sessionId} is at version ${version}, not ${expected}.`;
  return refused('session-state-changed', found, { action: 'Read it, and write again from there.', data: { version } });
}
