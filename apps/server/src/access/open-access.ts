// Who is known to this process, and what they may do.
import { createPasswordHasher, randomBytes, sha256 } from '@chorale/adapter-crypto';
import { createTokens, passkeyVerifier } from '@chorale/adapter-identity';
import { defaultTenant } from '@chorale/lib-ids';
import {
  createPermissions,
  openIdentity,
  openProjects,
  openSigningKeys,
  type AccessEvents,
  type GroupRoles,
  type IdentityStore,
  type SessionLimits,
} from '@chorale/module-access';
import type { AccessServices } from '../api/caller.ts';
import { findCaller } from './find-caller.ts';
import type { ConfiguredProvider, IdentityServices } from './identity-services.ts';
import { rememberCallers } from './known-callers.ts';
import { rememberProjects } from './known-projects.ts';
import { openLocalKey } from './local-key.ts';
import { readPolicies } from './policy-file.ts';

export interface AccessOptions {
  readonly dataDir: string;
  readonly store: IdentityStore;
  readonly events: AccessEvents;
  readonly sessionLimits: SessionLimits;
  readonly groupRoles: GroupRoles;
  readonly secure: boolean;
  readonly providers: readonly ConfiguredProvider[];
  readonly passwordsOpen: boolean;
  readonly publicUrl: string;
  /** A file; empty: those that ship. */
  readonly policies: string;
  /** Whether each approval is for somebody else than who asked. */
  readonly fourEyesAlways: boolean;
  readonly now: () => number;
}

export interface OpenedAccess {
  readonly access: AccessServices;
  readonly identity: IdentityServices;
}

export async function openAccess(options: AccessOptions): Promise<OpenedAccess> {
  const { dataDir, events, now, sessionLimits, groupRoles, secure, providers, publicUrl, passwordsOpen } = options;
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
    passkeyVerifier,
    sessionLimits,
    groupRoles,
  });
  const keys = openSigningKeys({ store: known.store, now }, defaultTenant);
  const tokens = createTokens({ keys, issuer: publicUrl === '' ? 'chorale' : publicUrl, now });
  return {
    access: {
      permissions: createPermissions(await readPolicies(options.policies)),
      projects: rememberProjects(openProjects({ store: known.store, now }), now),
      fourEyesAlways: options.fourEyesAlways,
      authenticate: (request) => findCaller({ localKey, identity, tokens, known, secure }, request),
    },
    identity: { ...identity, tokens, secure, providers, publicUrl, passwordsOpen },
  };
}
