// Which memories somebody may look at and change: those of their tenant, of other people only by leave to erase.

import { refused } from '@chorale/lib-errors';
import { scopeKey, type Memory, type MemoryId, type MemoryScope, type MemoryStore } from '@chorale/module-memory';
import { mayDo, type AccessServices, type Caller } from '../api/caller.ts';

/** Where is looked when nobody says: the fullest. */
const scopesDefaultMax = 50;
/** Beyond these, scopes are looked in only by name. */
const scopesListedMax = 1_000;

export interface MemoryAccess {
  readonly memory: MemoryStore;
  readonly access: Pick<AccessServices, 'permissions'>;
}

export function ownScope({ subject }: Caller): MemoryScope {
  return { kind: 'user', id: subject };
}

export function mayLookIn(access: MemoryAccess['access'], caller: Caller, { kind, id }: MemoryScope): boolean {
  if (kind === 'tenant') return id === caller.tenantId;
  return kind !== 'user' || id === caller.subject || mayDo(access, caller, 'memory.erase');
}

/** @throws refused `not-permitted`. */
export function checkScope(access: MemoryAccess['access'], caller: Caller, scope: MemoryScope): void {
  if (mayLookIn(access, caller, scope)) return;
  throw refused('not-permitted', `what ${scopeKey(scope)} has is not for you`, {
    action: 'name another scope, or ask somebody who may erase memories',
  });
}

export async function scopesOf(
  { memory, access }: MemoryAccess,
  caller: Caller,
  named: readonly MemoryScope[] | undefined,
): Promise<readonly MemoryScope[]> {
  for (const scope of named ?? []) checkScope(access, caller, scope);
  if (named !== undefined) return named;
  const all = await memory.listScopes(caller.tenantId, scopesListedMax);
  const open = all.map(({ scope }) => scope).filter((scope) => mayLookIn(access, caller, scope));
  return open.slice(0, scopesDefaultMax);
}

/** @throws refused `memory-not-found`, also for what the caller may not look at. */
export async function getMemory({ memory, access }: MemoryAccess, caller: Caller, id: string): Promise<Memory> {
  const found = await memory.findMemory(caller.tenantId, id as MemoryId);
  if (found !== undefined && mayLookIn(access, caller, found.scope)) return found;
  throw refused('memory-not-found', `there is no memory ${id}`, {
    action: 'search for it, or see the list of memories',
  });
}
