// Groups as a directory keeps them. What they may do is said in the configuration, by their names.
import { refuseWiderRoles, withoutScopes } from '../api/refuse-wider-roles.ts';
import { groupNotFound, type GroupRecord } from '@chorale/module-access';
import { patchGroup, readFilter, readGroup, readPatch, type MembersPatch, type ScimFilter } from './read-scim.ts';
import { groupResource, listResponse } from './scim-resources.ts';
import { answer, pageOf, refuseOtherVersion, type ScimRequest, type ScimRoute, usersMax } from './scim-route.ts';
import { valueInvalid } from './scim-error.ts';

const filters = ['displayName', 'externalId', 'id'];

async function getGroup({ identity, caller, id }: ScimRequest): Promise<GroupRecord> {
  const group = await identity.groups.find(caller.tenantId, id);
  if (group === undefined) throw groupNotFound(id);
  return group;
}

/**
 * A directory that makes owners has an owner's key. Its scope is enough for what groups give: that is said in the configuration.
 * @throws refused `not-permitted`.
 */
function refuseWiderGroups({ identity, access, caller }: ScimRequest, ...names: readonly (string | undefined)[]): void {
  const roles = names.flatMap((name) => (name === undefined ? [] : identity.groups.rolesGivenBy(name)));
  refuseWiderRoles(access, withoutScopes(caller), roles);
}

async function findGroups(
  { identity, caller }: ScimRequest,
  filter: ScimFilter | undefined,
): Promise<readonly GroupRecord[]> {
  const { groups } = identity;
  const one =
    filter?.attribute === 'displayName'
      ? await groups.findByName(caller.tenantId, filter.value)
      : filter?.attribute === 'id'
        ? await groups.find(caller.tenantId, filter.value)
        : undefined;
  if (filter !== undefined && filter.attribute !== 'externalId') return one === undefined ? [] : [one];
  const all = await groups.list(caller.tenantId, { limit: usersMax });
  return filter === undefined ? all : all.filter(({ body }) => body.externalId === filter.value);
}

const list: ScimRoute['handle'] = async (request) => {
  const found = await findGroups(request, readFilter(request.query['filter'], filters));
  const { items, start } = pageOf(found, request.query);
  const leavesOut = (request.query['excludedAttributes'] ?? '').split(',').includes('members');
  const shown = await Promise.all(
    items.map(async (group) => groupResource(request.base, group, leavesOut ? [] : await membersOf(request, group))),
  );
  return answer(200, listResponse(shown, { total: found.length, start }));
};

const read: ScimRoute['handle'] = async (request) => show(request, 200, await getGroup(request));

const add: ScimRoute['handle'] = async (request) => {
  const { identity, caller, by } = request;
  const { displayName, externalId, members = [] } = readGroup(request.body);
  if (displayName === undefined) throw valueInvalid('A group has a displayName.');
  refuseWiderGroups(request, displayName);
  const { tenantId } = caller;
  const external = externalId === undefined ? {} : { externalId };
  const group = await identity.groups.add({ tenantId, displayName, by, ...external });
  await identity.groups.setMembers(tenantId, { groupId: group.id, join: members, leave: [], by });
  return show(request, 201, group);
};

const replace: ScimRoute['handle'] = async (request) => {
  const { identity, by } = request;
  const before = await getGroup(request);
  refuseOtherVersion(request, before.version);
  const { displayName, externalId, members = [] } = readGroup(request.body);
  if (displayName === undefined) throw valueInvalid('A group has a displayName.');
  refuseWiderGroups(request, before.name, displayName);
  const external = externalId === undefined ? {} : { externalId };
  await identity.groups.change(before.id, { tenantId: before.tenantId, displayName, by, ...external });
  await setMembers(request, before, { join: new Set(members), leave: new Set(), all: true });
  return show(request, 200, before);
};

const patch: ScimRoute['handle'] = async (request) => {
  const { identity, by } = request;
  const before = await getGroup(request);
  refuseOtherVersion(request, before.version);
  const { displayName, members } = patchGroup(readPatch(request.body));
  refuseWiderGroups(request, before.name, displayName);
  const { tenantId, id, body } = before;
  const external = body.externalId === undefined ? {} : { externalId: body.externalId };
  if (displayName !== undefined) await identity.groups.change(id, { tenantId, displayName, by, ...external });
  await setMembers(request, before, members);
  return show(request, 200, before);
};

const remove: ScimRoute['handle'] = async (request) => {
  const { tenantId, id, version, name } = await getGroup(request);
  refuseOtherVersion(request, version);
  refuseWiderGroups(request, name);
  await request.identity.groups.remove(tenantId, id, request.by);
  return answer(204);
};

function membersOf({ identity }: ScimRequest, { tenantId, id }: GroupRecord): Promise<readonly string[]> {
  return identity.groups.membersOf(tenantId, id);
}

async function setMembers(request: ScimRequest, group: GroupRecord, { join, leave, all }: MembersPatch): Promise<void> {
  const { tenantId, id: groupId } = group;
  const gone = all ? (await membersOf(request, group)).filter((member) => !join.has(member)) : [...leave];
  await request.identity.groups.setMembers(tenantId, { groupId, join: [...join], leave: gone, by: request.by });
}

/** As it is by now. */
async function show(request: ScimRequest, status: number, { tenantId, id }: GroupRecord) {
  const group = await getGroup({ ...request, id, caller: { ...request.caller, tenantId } });
  return answer(status, groupResource(request.base, group, await membersOf(request, group)), group.version);
}

export const groupRoutes: readonly ScimRoute[] = [
  { method: 'GET', path: '/Groups', handle: list },
  { method: 'POST', path: '/Groups', handle: add },
  { method: 'GET', path: '/Groups/:id', handle: read },
  { method: 'PUT', path: '/Groups/:id', handle: replace },
  { method: 'PATCH', path: '/Groups/:id', handle: patch },
  { method: 'DELETE', path: '/Groups/:id', handle: remove },
];
