// Identity on the embedded store in memory, with a clock that the test moves and cheap passwords.
import { randomBytes, sha256 } from '@chorale/adapter-crypto';
import { passkeyVerifier } from '@chorale/adapter-identity';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import type { TenantId } from '@chorale/lib-ids';
import {
  openIdentity,
  type AccessEvents,
  type GroupRoles,
  type Identity,
  type UserRecord,
} from '@chorale/module-access';

export const north = 'north' as TenantId;
export const south = 'south' as TenantId;
export const admin = { kind: 'person', id: 'admin' };
export const place = { address: '192.0.2.7', agent: 'Browser/1' };
export const secretPhrase = 'correct horse battery';

type RecordedAct = Parameters<AccessEvents['record']>[0];

export interface IdentityTrial extends Identity {
  readonly clock: { now: number };
  readonly acts: RecordedAct[];
  addPerson(login: string, roles: readonly string[], tenantId?: TenantId): Promise<UserRecord>;
  close(): Promise<void>;
}

export async function openIdentityTrial(groupRoles: GroupRoles = {}): Promise<IdentityTrial> {
  const stores = await openSqliteStores({ path: ':memory:' });
  const clock = { now: Date.UTC(2026, 2, 1) };
  const acts: RecordedAct[] = [];
  const identity = openIdentity({
    store: stores.identity,
    sha256,
    randomBytes,
    now: () => clock.now,
    random: Math.random,
    events: { record: async (act) => void acts.push(act) },
    passwords: {
      isCommon: async (password) => password === 'what many people have',
      hash: async (password) => `plain ${password}`,
      verify: async (password, hash) => ({ matches: hash === `plain ${password}`, stale: false }),
    },
    passkeyVerifier,
    sessionLimits: { idleMs: 3_600_000, absoluteMs: 24 * 3_600_000 },
    groupRoles,
  });
  return {
    ...identity,
    clock,
    acts,
    async addPerson(login, roles, tenantId = north) {
      const given = { displayName: login, roles, kind: 'person' as const, source: 'local' as const, by: admin };
      const user = await identity.users.add({ tenantId, login, ...given });
      await identity.passwords.set({ tenantId, userId: user.id, login, password: secretPhrase });
      return user;
    },
    close: stores.close,
  };
}
