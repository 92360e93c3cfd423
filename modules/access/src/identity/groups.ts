// Groups of users, as a directory service knows them, and the roles that they give.
//
// Invariants: GR1 who joins or leaves a group has what it gives, or no longer has it, from the next request on.
import { refused, temporary } from '@chorale/lib-errors';
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { ActParty } from '../audit/audit-entry.ts';
import type { Group, IdentityRecord, User } from './identity-record.ts';
import type { IdentityPorts } from './identity-ports.ts';
import type { IdentityWrite } from './identity-store.ts';
import { tidyName } from './user-fields.ts';

/** Its name is how it is shown. */
export type GroupRecord = IdentityRecord<'group'> & { readonly name: string };

/** Names of groups, and the roles that each gives. */
export type GroupRoles = Readonly<Record<string, readonly string[]>>;

export interface SaveGroup {
  readonly tenantId: TenantId;
  readonly displayName: string;
  readonly externalId?: string;
  readonly by: ActParty;
}

export interface Groups {
  find(tenantId: TenantId, groupId: string): Promise<GroupRecord | undefined>;
  findByName(tenantId: TenantId, name: string): Promise<GroupRecord | undefined>;
  list(tenantId: TenantId, range: { readonly after?: string; readonly limit: number }): Promise<readonly GroupRecord[]>;
  /** @throws refused `group-exists`. */
  add(group: SaveGroup): Promise<GroupRecord>;
  /** @throws refused `group-not-found`, `group-exists`. */
  change(groupId: string, group: SaveGroup): Promise<GroupRecord>;
  remove(tenantId: TenantId, groupId: string, by: ActParty): Promise<boolean>;
  membersOf(tenantId: TenantId, groupId: string): Promise<readonly string[]>;
  groupsOf(tenantId: TenantId, userId: string): Promise<readonly GroupRecord[]>;
  /** Users that are not there are left out. */
  setMembers(tenantId: TenantId, change: MemberChange): Promise<void>;
  /** The user is in these and no others; groups that are not there are made. */
  setGroupsOf(tenantId: TenantId, userId: string, change: GroupsChange): Promise<void>;
  /** Roles that whoever is in a group of that name has. */
  rolesGivenBy(name: string): readonly string[];
  /** All roles: the user's own, and those of its groups. */
  rolesOf(tenantId: TenantId, userId: string, user: User): Promise<readonly string[]>;
}

export interface GroupsChange {
  readonly names: readonly string[];
  readonly by: ActParty;
}

export interface MemberChange {
  readonly groupId: string;
  readonly join: readonly string[];
  readonly leave: readonly string[];
  readonly by: ActParty;
}

export const membersMax = 10_000;
const groupsMax = 500;
/** How often a removal is begun anew because somebody else changed the same. */
const triesMax = 5;

export function openGroups(ports: IdentityPorts, groupRoles: GroupRoles): Groups {
  return new StoredGroups(ports, groupRoles);
}

class StoredGroups implements Groups {
  readonly #ports: IdentityPorts;
  readonly #groupRoles: GroupRoles;

  constructor(ports: IdentityPorts, groupRoles: GroupRoles) {
    this.#ports = ports;
    this.#groupRoles = groupRoles;
  }

  async find(tenantId: TenantId, groupId: string): Promise<GroupRecord | undefined> {
    return (await this.#ports.store.findRecord(tenantId, 'group', groupId)) as GroupRecord | undefined;
  }

  async membersOf(tenantId: TenantId, groupId: string): Promise<readonly string[]> {
    const found = await this.#ports.store.listRecords(tenantId, 'membership', {
      idPrefix: `${groupId}/`,
      limit: membersMax,
    });
    return found.map(({ userId }) => userId!);
  }

  async groupsOf(tenantId: TenantId, userId: string): Promise<readonly GroupRecord[]> {
    const found = await this.#ports.store.listRecords(tenantId, 'membership', { userId, limit: groupsMax });
    const groups = await Promise.all(found.map(({ id }) => this.find(tenantId, id.slice(0, id.indexOf('/')))));
    return groups.filter((group) => group !== undefined);
  }

  async findByName(tenantId: TenantId, name: string): Promise<GroupRecord | undefined> {
    return (await this.#ports.store.findRecordByName(tenantId, 'group', tidyName(name))) as GroupRecord | undefined;
  }

  list(
    tenantId: TenantId,
    range: { readonly after?: string; readonly limit: number },
  ): Promise<readonly GroupRecord[]> {
    return this.#ports.store.listRecords(tenantId, 'group', range) as Promise<readonly GroupRecord[]>;
  }

  async add({ tenantId, displayName, externalId, by }: SaveGroup): Promise<GroupRecord> {
    const id = makeId('group', this.#ports.now(), this.#ports.random);
    const name = tidyName(displayName);
    const body: Group = {
      displayName: name,
      createdAt: this.#ports.now(),
      changedAt: this.#ports.now(),
      ...(externalId === undefined ? {} : { externalId }),
    };
    const record: GroupRecord = { tenantId, kind: 'group', id, name, version: 1, body };
    if (!(await this.#write(tenantId, [{ write: 'add', record }]))) throw groupExists(name);
    await this.#tell('group.add', record, by);
    return record;
  }

  async change(groupId: string, { tenantId, displayName, externalId, by }: SaveGroup): Promise<GroupRecord> {
    const before = await this.find(tenantId, groupId);
    if (before === undefined) throw groupNotFound(groupId);
    const name = tidyName(displayName);
    const { externalId: _before, ...kept } = before.body;
    const body = {
      ...kept,
      displayName: name,
      changedAt: this.#ports.now(),
      ...(externalId === undefined ? {} : { externalId }),
    };
    const record = { ...before, name, version: before.version + 1, body };
    if (!(await this.#write(tenantId, [{ write: 'replace', record }]))) throw groupExists(name);
    await this.#tell('group.change', record, by);
    return record;
  }

  async remove(tenantId: TenantId, groupId: string, by: ActParty): Promise<boolean> {
    for (let tries = 0; tries < triesMax; tries++) {
      const group = await this.find(tenantId, groupId);
      if (group === undefined) return false;
      const members = await this.membersOf(tenantId, groupId);
      const memberships = members.map((userId): IdentityWrite => {
        return { write: 'drop', kind: 'membership', id: `${groupId}/${userId}` };
      });
      // Where somebody left it at the same time, it is looked at again.
      if (!(await this.#write(tenantId, [{ write: 'drop', kind: 'group', id: groupId }, ...memberships]))) continue;
      await this.#tell('group.remove', group, by);
      return true;
    }
    throw temporary('record-changed', `${groupId} is being changed by others.`, { retryAfterMs: 100 });
  }

  async setMembers(tenantId: TenantId, { groupId, join, leave, by }: MemberChange): Promise<void> {
    const group = await this.find(tenantId, groupId);
    if (group === undefined) throw groupNotFound(groupId);
    let changed = 0;
    for (const userId of join) {
      if ((await this.#ports.store.findRecord(tenantId, 'user', userId)) === undefined) continue;
      const id = `${groupId}/${userId}`;
      const record = { tenantId, kind: 'membership' as const, id, userId, version: 1, body: {} };
      if (await this.#write(tenantId, [{ write: 'add', record }])) changed += 1;
    }
    for (const userId of leave)
      if (await this.#write(tenantId, [{ write: 'drop', kind: 'membership', id: `${groupId}/${userId}` }]))
        changed += 1;
    if (changed === 0) return;
    await this.#write(tenantId, [
      {
        write: 'replace',
        record: { ...group, version: group.version + 1, body: { ...group.body, changedAt: this.#ports.now() } },
      },
    ]);
    await this.#tell('group.members', group, by);
  }

  async setGroupsOf(tenantId: TenantId, userId: string, { names, by }: GroupsChange): Promise<void> {
    const wanted = new Set(names.map(tidyName).filter((name) => name !== ''));
    const before = await this.groupsOf(tenantId, userId);
    for (const { id: groupId, name } of before)
      if (!wanted.has(name)) await this.setMembers(tenantId, { groupId, join: [], leave: [userId], by });
    const held = new Set(before.map(({ name }) => name));
    for (const name of wanted) {
      if (held.has(name)) continue;
      const group = (await this.findByName(tenantId, name)) ?? (await this.add({ tenantId, displayName: name, by }));
      await this.setMembers(tenantId, { groupId: group.id, join: [userId], leave: [], by });
    }
  }

  rolesGivenBy(name: string): readonly string[] {
    return this.#groupRoles[tidyName(name)] ?? [];
  }

  async rolesOf(tenantId: TenantId, userId: string, user: User): Promise<readonly string[]> {
    if (Object.keys(this.#groupRoles).length === 0) return user.roles;
    const given = (await this.groupsOf(tenantId, userId)).flatMap(({ name }) => this.#groupRoles[name] ?? []);
    return given.length === 0 ? user.roles : [...new Set([...user.roles, ...given])];
  }

  async #write(tenantId: TenantId, writes: readonly IdentityWrite[]): Promise<boolean> {
    return (await this.#ports.store.execute({ command: 'write-identity', tenantId, writes })).done;
  }

  #tell(what: string, group: Pick<GroupRecord, 'tenantId' | 'id' | 'name'>, by: ActParty): Promise<void> {
    return this.#ports.events.record({
      tenantId: group.tenantId,
      who: by,
      what,
      on: { kind: 'group', id: group.id },
      decision: 'done',
      detail: { name: group.name },
    });
  }
}

export function groupNotFound(groupId: string): Error {
  return refused('group-not-found', `There is no group ${groupId}.`);
}

function groupExists(name: string): Error {
  return refused('group-exists', `There is a group ${name} already, or it was changed at the same time.`);
}
