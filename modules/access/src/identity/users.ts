// The users of a tenant: people and service accounts, and what ends with them.
//
// Owns:       the rows of users. What they hold (sessions, keys, passkeys) has files of its own.
// Invariants: US1 a tenant keeps an active owner: two owners cannot remove each other, whoever asks at the same time.
//             US2 who is switched off or removed has no session and no key from then on, in the same change.
//             US3 who comes to other roles in the tenant logs in again; roles in projects count from the next request on.
import { refused, temporary } from '@chorale/lib-errors';
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { ActParty } from '../audit/audit-entry.ts';
import { readRole } from '../permissions/roles-in-projects.ts';
import type { IdentityPorts } from './identity-ports.ts';
import type { IdentityRecord, RecordKind, User } from './identity-record.ts';
import type { IdentityWrite } from './identity-store.ts';
import { normalizeLogin, tidyName } from './user-fields.ts';

/** Its name is what it logs in with. */
export type UserRecord = IdentityRecord<'user'> & { readonly name: string };

export interface AddUser extends Pick<User, 'kind' | 'displayName' | 'roles' | 'source'> {
  readonly tenantId: TenantId;
  readonly login: string;
  readonly email?: string;
  readonly externalId?: string;
  readonly active?: boolean;
  /** Default: a new one. */
  readonly userId?: string;
  readonly by: ActParty;
}

/** What is not named stays. */
export interface UserChange {
  readonly login?: string;
  readonly displayName?: string;
  readonly email?: string | undefined;
  readonly externalId?: string | undefined;
  readonly active?: boolean;
  readonly roles?: readonly string[];
}

export interface ChangeUser {
  readonly tenantId: TenantId;
  readonly userId: string;
  readonly change: UserChange;
  readonly by: ActParty;
  /** Only where it is still this one. */
  readonly version?: number;
}

export interface Users {
  find(tenantId: TenantId, userId: string): Promise<UserRecord | undefined>;
  findByLogin(tenantId: TenantId, login: string): Promise<UserRecord | undefined>;
  list(tenantId: TenantId, range: { readonly after?: string; readonly limit: number }): Promise<readonly UserRecord[]>;
  /** @throws refused `login-taken`, `login-invalid`. */
  add(user: AddUser): Promise<UserRecord>;
  /** @throws refused `user-not-found`, `login-taken`, `last-owner`, `record-changed`. */
  change(change: ChangeUser): Promise<UserRecord>;
  /** @throws refused `user-not-found`, `last-owner`. */
  remove(user: Pick<ChangeUser, 'tenantId' | 'userId' | 'by'>): Promise<void>;
}

/** What lets somebody in. */
export const credentialKinds: readonly RecordKind[] = ['session', 'providerSession', 'key', 'device', 'flow'];
const ownedKinds: readonly RecordKind[] = [...credentialKinds, 'password', 'passkey', 'link', 'membership'];
const ownersLookedAt = 10_000;
/** How often a change is begun anew because somebody else changed the same. */
const triesMax = 5;

export function openUsers(ports: IdentityPorts): Users {
  return new StoredUsers(ports);
}

class StoredUsers implements Users {
  readonly #ports: IdentityPorts;

  constructor(ports: IdentityPorts) {
    this.#ports = ports;
  }

  async find(tenantId: TenantId, userId: string): Promise<UserRecord | undefined> {
    return (await this.#ports.store.findRecord(tenantId, 'user', userId)) as UserRecord | undefined;
  }

  async findByLogin(tenantId: TenantId, login: string): Promise<UserRecord | undefined> {
    return (await this.#ports.store.findRecordByName(tenantId, 'user', normalizeLogin(login))) as
      | UserRecord
      | undefined;
  }

  list(tenantId: TenantId, range: { readonly after?: string; readonly limit: number }): Promise<readonly UserRecord[]> {
    return this.#ports.store.listRecords(tenantId, 'user', range) as Promise<readonly UserRecord[]>;
  }

  async add({ tenantId, login, userId, by, active = true, ...given }: AddUser): Promise<UserRecord> {
    const { kind, displayName, email, roles, source, externalId } = given;
    const id = userId ?? makeId('user', this.#ports.now(), this.#ports.random);
    const name = normalizeLogin(login);
    const body: User = {
      kind,
      displayName: tidyName(displayName),
      active,
      roles,
      source,
      createdAt: this.#ports.now(),
      changedAt: this.#ports.now(),
      ...(email === undefined ? {} : { email }),
      ...(externalId === undefined ? {} : { externalId }),
    };
    const record: UserRecord = { tenantId, kind: 'user', id, name, version: 1, body };
    if (!(await this.#write(tenantId, [{ write: 'add', record }])))
      throw refused('login-taken', `${name} is somebody's already.`, { action: 'Choose another login name.' });
    await this.#tell('user.add', record, by);
    return record;
  }

  async change(change: ChangeUser): Promise<UserRecord> {
    for (let tries = 0; tries < triesMax; tries++) {
      const done = await this.#changeOnce(change);
      if (done !== undefined) return done;
    }
    throw temporary('record-changed', `${change.userId} is being changed by others.`, { retryAfterMs: 100 });
  }

  async remove({ tenantId, userId, by }: Pick<ChangeUser, 'tenantId' | 'userId' | 'by'>): Promise<void> {
    const user = await this.#get(tenantId, userId);
    const writes: IdentityWrite[] = [
      { write: 'drop', kind: 'user', id: userId },
      { write: 'drop-of-user', userId, kinds: ownedKinds },
    ];
    if (isOwner(user.body)) writes.push(await this.#keepAnOwner(user));
    if (!(await this.#write(tenantId, writes)))
      throw temporary('record-changed', `${userId} was changed at the same time.`, { retryAfterMs: 100 });
    await this.#tell('user.remove', user, by);
  }

  async #get(tenantId: TenantId, userId: string): Promise<UserRecord> {
    const found = await this.find(tenantId, userId);
    if (found === undefined) throw refused('user-not-found', `There is no user ${userId}.`);
    return found;
  }

  #tell(what: string, user: UserRecord, by: ActParty): Promise<void> {
    return this.#ports.events.record({
      tenantId: user.tenantId,
      who: by,
      what,
      on: { kind: user.body.kind, id: user.id },
      decision: 'done',
      detail: { roles: user.body.roles.join(' '), active: user.body.active },
      personal: { login: { value: user.name, subject: user.id } },
    });
  }

  /** Another owner is written over, unchanged, in the same change: whoever removes that one meets it. */
  async #keepAnOwner(leaving: UserRecord): Promise<IdentityWrite> {
    const all = await this.#ports.store.listRecords(leaving.tenantId, 'user', { limit: ownersLookedAt });
    const other = all.find((user) => user.id !== leaving.id && isOwner(user.body) && user.body.kind === 'person');
    if (other === undefined)
      throw refused('last-owner', `${leaving.name} is the only active owner.`, {
        action: 'Make somebody else an owner first.',
      });
    return { write: 'replace', record: { ...other, version: other.version + 1 } };
  }

  async #write(tenantId: TenantId, writes: readonly IdentityWrite[]): Promise<boolean> {
    return (await this.#ports.store.execute({ command: 'write-identity', tenantId, writes })).done;
  }

  async #refuseTaken(tenantId: TenantId, login: string, userId: string): Promise<void> {
    const holder = await this.findByLogin(tenantId, login);
    if (holder !== undefined && holder.id !== userId) throw refused('login-taken', `${login} is somebody's already.`);
  }

  async #changeOnce({ tenantId, userId, change, by, version }: ChangeUser): Promise<UserRecord | undefined> {
    const before = await this.#get(tenantId, userId);
    if (version !== undefined && version !== before.version)
      throw refused('record-changed', `${userId} was changed since.`, { action: 'Read it again and look.' });
    const after = applyChange(before, change, this.#ports.now());
    if (after.name !== before.name) await this.#refuseTaken(tenantId, after.name, userId);
    const writes: IdentityWrite[] = [{ write: 'replace', record: after }];
    if (isOwner(before.body) && !isOwner(after.body)) writes.push(await this.#keepAnOwner(before));
    if (!after.body.active) writes.push({ write: 'drop-of-user', userId, kinds: credentialKinds });
    else if (!sameTexts(inTenant(before.body.roles), inTenant(after.body.roles)))
      writes.push({ write: 'drop-of-user', userId, kinds: ['session', 'providerSession'] });
    if (!(await this.#write(tenantId, writes))) return undefined;
    await this.#tell('user.change', after, by);
    return after;
  }
}

/** Who manages one project cannot log out whom they take in. */
function inTenant(roles: readonly string[]): readonly string[] {
  return roles.filter((held) => readRole(held).projectId === undefined);
}

function isOwner({ active, roles }: User): boolean {
  return active && roles.includes('owner');
}

function applyChange(before: UserRecord, change: UserChange, now: number): UserRecord {
  const { login, displayName, ...fields } = change;
  const body: Record<string, unknown> = { ...before.body, ...fields, changedAt: now };
  if (displayName !== undefined) body['displayName'] = tidyName(displayName);
  for (const [field, value] of Object.entries(body)) if (value === undefined) delete body[field];
  return {
    ...before,
    name: login === undefined ? before.name : normalizeLogin(login),
    version: before.version + 1,
    body: body as unknown as User,
  };
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return [...left].toSorted().join('\n') === [...right].toSorted().join('\n');
}
