// Who is known, what they may do, what is secret, and what is written down about it.
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { Permissions } from '@chorale/module-access';
import { join } from 'node:path';
import { type AccessOptions, openAccess } from '../access/open-access.ts';
import type { IdentityServices } from '../access/identity-services.ts';
import { openProviders } from '../access/open-providers.ts';
import { prepareOwner } from '../access/prepare-owner.ts';
import { guardSuspended, openTenantServices, type TenantServices } from '../access/tenant-services.ts';
import { createBrakes } from '../access/tenant-watch.ts';
import type { AccessServices } from '../api/index.ts';
import { type AuditServices, openAudit } from '../audit/open-audit.ts';
import type { Config } from '../config/config-schema.ts';
import { isSecure } from '../config/load-config.ts';
import { openSecrets, type SecretServices } from '../secrets/open-secrets.ts';
import type { Backends } from './open-backends.ts';
import type { PlatformOptions } from './open-platform.ts';
import { limitsOf } from './open-store.ts';
import { openServiceDispatcher } from './service-dispatcher.ts';

export interface Security {
  readonly audit: AuditServices;
  readonly access: AccessServices;
  readonly identity: IdentityServices;
  readonly tenants: TenantServices;
  readonly secrets: SecretServices;
  /** Told whenever tenants' agents have been stopped; the process's worker puts itself here. */
  readonly onStopped: ((stopped: ReadonlySet<TenantId>) => void)[];
}

const hourMs = 3_600_000;

export async function openSecurity(options: PlatformOptions, { stores, links }: Backends): Promise<Security> {
  const { config, env, redactors } = options;
  const { values } = config;
  const directory = join(values.dataDir, 'access');
  const secrets = openSecrets({
    store: stores.secrets,
    directory,
    keyReference: values.secrets.key,
    tokenReference: values.secrets.token,
    env,
    redactors,
    dispatcher: openServiceDispatcher(links.any),
    now: Date.now,
  });
  const audit = await openAudit({
    store: stores.audit,
    register: stores.identity,
    keys: secrets.keys,
    directory,
    origin: values.audit.origin,
    now: Date.now,
    random: Math.random,
  });
  const { access, identity } = await openAccess(accessOptions(values, env, { store: stores.identity, events: audit }));
  refuseUnknownRoles(access.permissions, values.access);
  if (values.roles.includes('api')) await prepareOwner(identity, values, env);
  const onStopped: Security['onStopped'] = [];
  const tenants = await openTenantServices({
    register: stores.identity,
    store: stores.goals,
    projects: access.projects,
    countModelKeys: async (tenantId) => (await stores.spend.listKeys(tenantId)).length,
    now: Date.now,
    onRefresh: createBrakes({
      store: stores.goals,
      limits: limitsOf(values),
      handBack: (stopped) => onStopped.forEach((tell) => tell(stopped)),
    }),
  });
  return { audit, access: guardSuspended(access, tenants), identity, tenants, secrets, onStopped };
}

/** Who gets a role that nobody knows may do nothing, and nobody would know why. @throws refused `config-invalid`. */
export function refuseUnknownRoles(
  permissions: Pick<Permissions, 'requireKnownRoles'>,
  { groupRoles, providers }: Pick<Config['access'], 'groupRoles' | 'providers'>,
): void {
  const given: readonly (readonly [string, readonly string[]])[] = [
    ...Object.entries(groupRoles).map(([group, roles]) => [`access.groupRoles.${group}`, roles] as const),
    ...providers.map(({ name, roles }) => [`access.providers, ${name}: roles`, roles] as const),
  ];
  const mistakes = given.flatMap(([from, roles]) =>
    roles.flatMap((role) => {
      try {
        permissions.requireKnownRoles([role]);
        return [];
      } catch {
        return [`${from}: there is no role ${role}`];
      }
    }),
  );
  if (mistakes.length === 0) return;
  const lines = mistakes.map((line) => `\n  - ${line}`).join('');
  throw refused('config-invalid', `The configuration gives roles that are not there:${lines}`, {
    action: 'Correct their names, or define them in the file of access.policies.',
    data: { mistakes },
  });
}

type AccessParts = Pick<AccessOptions, 'store' | 'events'>;

function accessOptions(config: Config, env: NodeJS.ProcessEnv, parts: AccessParts): AccessOptions {
  const { dataDir, access } = config;
  const { sessionIdleHours, sessionDays, groupRoles, publicUrl, policies } = access;
  return {
    dataDir,
    ...parts,
    sessionLimits: { idleMs: sessionIdleHours * hourMs, absoluteMs: sessionDays * 24 * hourMs },
    groupRoles,
    providers: openProviders(access.providers, env),
    publicUrl,
    passwordsOpen: access.passwords,
    policies,
    fourEyesAlways: access.fourEyes === 'all',
    secure: isSecure(config),
    now: Date.now,
  };
}
