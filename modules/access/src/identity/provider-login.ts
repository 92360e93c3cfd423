// Who somebody is here whom a provider of logins has vouched for.
//
// Invariants: PL1 an account is a provider's subject's, and stays so whatever names change. A name alone opens no account that
//                 was made here: whoever can choose it at the provider would have it.
import type { TenantId } from '@chorale/lib-ids';
import { refused } from '@chorale/lib-errors';
import type { Groups } from './groups.ts';
import type { IdentityPorts } from './identity-ports.ts';
import type { ProvenLogin } from './login-provider.ts';
import { shortHash } from './token-text.ts';
import type { UserRecord, Users } from './users.ts';

export interface ProviderRules {
  readonly tenantId: TenantId;
  /** Whether somebody who is not known yet gets an account. */
  readonly provision: boolean;
  /** What such an account may do, besides what its groups give. */
  readonly roles: readonly string[];
}

export interface ProviderUsers {
  /** @throws refused `login-refused`. */
  userOf(login: ProvenLogin, rules: ProviderRules): Promise<UserRecord>;
  /** Undefined where nobody ever came in under that subject. */
  findLinked(tenantId: TenantId, issuer: string, subject: string): Promise<string | undefined>;
}

const by = { kind: 'system', id: 'login-provider' };

export function openProviderUsers(
  ports: IdentityPorts,
  { users, groups }: { readonly users: Users; readonly groups: Groups },
): ProviderUsers {
  const linkId = (issuer: string, subject: string): string => shortHash(ports, issuer, subject);
  const findLinked: ProviderUsers['findLinked'] = async (tenantId, issuer, subject) =>
    (await ports.store.findRecord(tenantId, 'link', linkId(issuer, subject)))?.userId;
  const link = async (tenantId: TenantId, userId: string, { issuer, subject }: ProvenLogin): Promise<void> => {
    const id = linkId(issuer, subject);
    const record = { tenantId, kind: 'link' as const, id, userId, version: 1, body: { issuer, subject } };
    await ports.store.execute({ command: 'write-identity', tenantId, writes: [{ write: 'add', record }] });
  };
  const findOrAdd = async (login: ProvenLogin, { tenantId, provision, roles }: ProviderRules): Promise<UserRecord> => {
    const name = login.login ?? login.email ?? login.subject;
    const named = await users.findByLogin(tenantId, name);
    // A directory that is kept by the same people says who it is; an account made here does not.
    if (named?.body.source === 'scim') return named;
    if (named !== undefined || !provision)
      throw refused('login-refused', `The login provider vouches for ${name}, who has no account here by that way.`, {
        action: 'Ask whoever manages members.',
      });
    return users.add({
      tenantId,
      login: name,
      displayName: login.displayName ?? name,
      kind: 'person',
      source: 'oidc',
      roles,
      by,
      ...(login.email === undefined ? {} : { email: login.email }),
    });
  };
  return {
    findLinked,
    async userOf(login, rules) {
      const { tenantId } = rules;
      const known = await findLinked(tenantId, login.issuer, login.subject);
      const user =
        (known === undefined ? undefined : await users.find(tenantId, known)) ?? (await findOrAdd(login, rules));
      if (known !== user.id) await link(tenantId, user.id, login);
      // What a directory keeps, it keeps alone.
      if (login.groups !== undefined && user.body.source === 'oidc')
        await groups.setGroupsOf(tenantId, user.id, { names: login.groups, by });
      return user;
    },
  };
}
