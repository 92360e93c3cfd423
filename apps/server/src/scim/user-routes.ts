// Users as a directory keeps them. It sees those alone that came from a directory or a login provider: who was made here is
// not its business, and cannot be switched off by it.
import { refused } from '@chorale/lib-errors';
import { normalizeLogin, type UserChange, type UserRecord } from '@chorale/module-access';
import { refuseWiderRoles, withoutScopes } from '../api/refuse-wider-roles.ts';
import { readFilter, readPatch, readUser, patchUser, type ScimFilter, type ScimUser } from './read-scim.ts';
import { listResponse, userResource } from './scim-resources.ts';
import { answer, type ScimRequest, type ScimRoute, pageOf, refuseOtherVersion, usersMax } from './scim-route.ts';
import { valueInvalid } from './scim-error.ts';

const filters = ['userName', 'externalId', 'id'];

async function getUser({ identity, caller, id }: ScimRequest): Promise<UserRecord> {
  const user = await identity.users.find(caller.tenantId, id);
  if (user === undefined || !isKept(user)) throw refused('user-not-found', `There is no user ${id}.`);
  return user;
}

function isKept({ body }: UserRecord): boolean {
  return body.source !== 'local' && body.kind === 'person';
}

async function findUsers(request: ScimRequest, filter: ScimFilter | undefined): Promise<readonly UserRecord[]> {
  const { identity, caller } = request;
  const { users } = identity;
  if (filter?.attribute === 'userName')
    return [await users.findByLogin(caller.tenantId, filter.value).catch(() => undefined)].filter(
      (user) => user !== undefined,
    );
  if (filter?.attribute === 'id')
    return [await users.find(caller.tenantId, filter.value)].filter((user) => user !== undefined);
  const all = await users.list(caller.tenantId, { limit: usersMax });
  return filter === undefined ? all : all.filter(({ body }) => body.externalId === filter.value);
}

const list: ScimRoute['handle'] = async (request) => {
  const found = (await findUsers(request, readFilter(request.query['filter'], filters))).filter(isKept);
  const { items, start } = pageOf(found, request.query);
  const shown = items.map((user) => userResource(request.base, user));
  return answer(200, listResponse(shown, { total: found.length, start }));
};

const read: ScimRoute['handle'] = async (request) => show(request, 200, await getUser(request));

const add: ScimRoute['handle'] = async (request) => {
  const { identity, caller, by } = request;
  const { userName, displayName, externalId, email, active } = readUser(request.body);
  if (userName === undefined) throw valueInvalid('A user has a userName.');
  const user = await identity.users.add({
    tenantId: caller.tenantId,
    login: userName,
    displayName: displayName ?? userName,
    kind: 'person',
    source: 'scim',
    roles: [],
    by,
    ...(active === undefined ? {} : { active }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(email === undefined ? {} : { email }),
  });
  return show(request, 201, user);
};

/** Everything a directory keeps: what it does not name is gone. */
const replace: ScimRoute['handle'] = async (request) => {
  const { userName, displayName, externalId, email, active = true } = readUser(request.body);
  if (userName === undefined) throw valueInvalid('A user has a userName.');
  return change(request, { userName, displayName: displayName ?? userName, externalId, email, active });
};

const patch: ScimRoute['handle'] = async (request) => change(request, patchUser(readPatch(request.body)));

const remove: ScimRoute['handle'] = async (request) => {
  const user = await getUser(request);
  refuseOtherVersion(request, user.version);
  await request.identity.users.remove({ tenantId: user.tenantId, userId: user.id, by: request.by });
  return answer(204);
};

async function change(request: ScimRequest, wanted: ScimUser) {
  const { identity, access, by } = request;
  const before = await getUser(request);
  refuseOtherVersion(request, before.version);
  const { userName, displayName, ...fields } = wanted;
  const changes: UserChange = {
    ...fields,
    ...(userName === undefined ? {} : { login: userName }),
    ...(displayName === undefined ? {} : { displayName }),
  };
  const { tenantId, id: userId } = before;
  // Whoever logs in under that name at a provider is this user.
  if (userName !== undefined && normalizeLogin(userName) !== before.name) {
    const roles = await identity.groups.rolesOf(tenantId, userId, before.body);
    refuseWiderRoles(access, withoutScopes(request.caller), roles);
  }
  return show(request, 200, await identity.users.change({ tenantId, userId, change: changes, by }));
}

function show(request: ScimRequest, status: number, user: UserRecord) {
  return answer(status, userResource(request.base, user), user.version);
}

export const userRoutes: readonly ScimRoute[] = [
  { method: 'GET', path: '/Users', handle: list },
  { method: 'POST', path: '/Users', handle: add },
  { method: 'GET', path: '/Users/:id', handle: read },
  { method: 'PUT', path: '/Users/:id', handle: replace },
  { method: 'PATCH', path: '/Users/:id', handle: patch },
  { method: 'DELETE', path: '/Users/:id', handle: remove },
];
