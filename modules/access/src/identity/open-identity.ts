// Everything about who may come in, put together.
import { openApiKeys, type ApiKeys } from './api-keys.ts';
import { openAttempts, type Attempts } from './attempts.ts';
import { openDevices } from './devices.ts';
import { openFlows, type Flows } from './flows.ts';
import { openGroups, type GroupRoles, type Groups } from './groups.ts';
import type { IdentityPorts, PasswordHasher } from './identity-ports.ts';
import type { IdentityStore } from './identity-store.ts';
import { openLogin, type Login } from './login.ts';
import { openPasskeys, type Passkeys, type PasskeyVerifier } from './passkeys.ts';
import { openPasswords, type Passwords } from './passwords.ts';
import { openProviderUsers, type ProviderUsers } from './provider-login.ts';
import { openSessions, type SessionLimits, type Sessions } from './sessions.ts';
import { openUsers, type Users } from './users.ts';

export interface IdentityOptions extends IdentityPorts {
  readonly passwords: PasswordHasher;
  readonly passkeyVerifier: PasskeyVerifier;
  readonly sessionLimits: SessionLimits;
  readonly groupRoles: GroupRoles;
}

export interface Identity {
  readonly store: IdentityStore;
  readonly users: Users;
  readonly groups: Groups;
  readonly passwords: Passwords;
  readonly passkeys: Passkeys;
  readonly sessions: Sessions;
  readonly keys: ApiKeys;
  readonly flows: Flows;
  readonly login: Login;
  readonly providerUsers: ProviderUsers;
  readonly attempts: Attempts;
  /** Deletes what expired. */
  sweep(): Promise<void>;
}

/** Whoever asks now, and has looked at the clock a moment ago, still finds it. */
const sweptAfterMs = 60_000;

export function openIdentity({
  sessionLimits,
  groupRoles,
  passwords: hasher,
  passkeyVerifier: verifier,
  ...ports
}: IdentityOptions): Identity {
  const { store, now, events } = ports;
  const users = openUsers(ports);
  const passwords = openPasswords({ ...ports, passwords: hasher });
  const sessions = openSessions(ports, sessionLimits);
  const devices = openDevices(ports);
  const attempts = openAttempts(ports);
  const flows = openFlows(ports);
  const groups = openGroups(ports, groupRoles);
  return {
    store,
    users,
    passwords,
    sessions,
    attempts,
    groups,
    providerUsers: openProviderUsers(ports, { users, groups }),
    keys: openApiKeys(ports),
    flows,
    passkeys: openPasskeys(ports, { flows, verifier }),
    login: openLogin({ users, passwords, sessions, devices, attempts, events }),
    async sweep() {
      for (const tenantId of await store.listTenants())
        await store.execute({ command: 'sweep-identity', tenantId, before: now() - sweptAfterMs });
    },
  };
}
