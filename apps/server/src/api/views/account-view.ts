import type { Account, AccountKey, AccountPasskey, AccountSession, Member } from '@chorale/lib-client';
import {
  operations,
  type Identity,
  type KeyRecord,
  type PasskeyRecord,
  type SessionRecord,
  type UserRecord,
} from '@chorale/module-access';
import { type AccessServices, type Caller, mayDoSomewhere } from '../caller.ts';
import { compact } from './compact.ts';

export function accountView(access: AccessServices, caller: Caller, user: UserRecord | undefined): Account {
  const { tenantId, subject, kind, roles, sessionId, keyId, scopes } = caller;
  return compact({
    tenantId,
    userId: subject,
    kind,
    login: user?.name,
    displayName: user?.body.displayName,
    roles,
    sessionId,
    keyId,
    scopes,
    projectId: caller.boundTo,
    operations: operations.filter((operation) => mayDoSomewhere(access, caller, operation)),
  });
}

export function sessionView({ id, expiresAt, body }: SessionRecord, caller: Caller): AccountSession {
  const { method, createdAt, lastSeenAt, address, agent } = body;
  const current = id === caller.sessionId;
  return { sessionId: id, method, createdAt, lastSeenAt, expiresAt: expiresAt!, address, agent, current };
}

export function keyView({ id, expiresAt, body }: KeyRecord): AccountKey {
  const { label, scopes, projectId, createdAt, lastUsedAt, replacedBy } = body;
  return compact({ keyId: id, label, scopes, projectId, createdAt, expiresAt: expiresAt!, lastUsedAt, replacedBy });
}

export function passkeyView({ id, body }: PasskeyRecord): AccountPasskey {
  const { label, createdAt, lastUsedAt } = body;
  return compact({ passkeyId: id, label, createdAt, lastUsedAt });
}

export async function memberView({ groups }: Pick<Identity, 'groups'>, user: UserRecord): Promise<Member> {
  const { kind, displayName, email, active, roles, source, createdAt } = user.body;
  const joined = (await groups.groupsOf(user.tenantId, user.id)).map(({ name }) => name);
  return compact({
    userId: user.id,
    kind,
    login: user.name,
    displayName,
    email,
    active,
    roles,
    groups: joined,
    source,
    createdAt,
  });
}
