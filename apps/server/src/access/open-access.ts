// Who is known to this process, and what they may do.
import { compilePolicies } from '@chorale/adapter-cedar';
import { createPasswordHasher, randomBytes, sha256 } from '@chorale/adapter-crypto';
import {
  createPermissions,
  openIdentity,
  rolePolicies,
  type AccessEvents,
  type GroupRoles,
  type IdentityStore,
  type SessionLimits,
} from '@chorale/module-access';
import type { AccessServices } from '../api/caller.ts';
import { findCaller } from './find-caller.ts';
import type { ConfiguredProvider, IdentityServices } from './identity-services.ts';
import { rememberCallers } from './known-callers.ts';
import { openLocalKey } from './local-key.ts';

export interface AccessOptions {
  readonly dataDir: string;
  readonly store: IdentityStore;
  readonly events: AccessEvents;
  readonly sessionLimits: SessionLimits;
  readonly groupRoles: GroupRoles;
  readonly secure: boolean;
  readonly providers: readonly ConfiguredProvider[];
  readonly publicUrl: string;
  readonly now: () => number;
}

export interface OpenedAccess {
  readonly access: AccessServices;
  readonly identity: IdentityServices;
}

export async function openAccess(options: AccessOptions): Promise<OpenedAccess> {
  const { dataDir, events, now, sessionLimits, groupRoles, secure } = options;
  const localKey = await openLocalKey(dataDir);
  const known = rememberCallers(options.store, now);
  const identity = openIdentity({
    store: known.store,
    sha256,
    randomBytes,
    now,
    random: Math.random,
    events,
    passwords: createPasswordHasher(),
    sessionLimits,
    groupRoles,
  });
  return {
    access: {
      permissions: createPermissions(compilePolicies('shipped', rolePolicies)),
      authenticate: (request) => findCaller({ localKey, identity, known, secure }, request),
    },
    identity: { ...identity, secure, providers: options.providers, publicUrl: options.publicUrl },
  };
}
