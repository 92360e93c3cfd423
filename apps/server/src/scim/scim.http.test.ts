// A directory that keeps users and groups, as Okta's and Entra's do.
import { defaultTenant } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Visitor } from '../access/http-visitor.fixture.ts';
import { givePassword } from '../access/local-owner.ts';
import { startTestApi, type TestApi } from '../api/api-fixture.ts';
import { localOwner } from '../api/caller.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi();
  await givePassword(api.services.identity);
  const { users, keys } = api.services.identity;
  const by = { kind: 'person', id: 'owner' };
  const bot = await users.add({
    tenantId: defaultTenant,
    login: 'directory',
    displayName: 'Directory',
    kind: 'service',
    source: 'local',
    roles: ['admin'],
    by,
  });
  const make = { tenantId: defaultTenant, userId: bot.id, label: 'scim', lifeMs: 1e10, by };
  key = (await keys.make({ ...make, scopes: ['member.provision'] })).token;
});
afterAll(() => api.close());

interface Resource {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly externalId?: string;
  readonly members: readonly { readonly value: string }[];
  readonly emails?: readonly { readonly value: string }[];
  readonly meta: { readonly version: string; readonly location: string };
}

interface Told {
  readonly status: number;
  readonly body: Resource & {
    readonly totalResults: number;
    readonly Resources: readonly Resource[];
    readonly scimType?: string;
    readonly schemas: readonly string[];
  };
  readonly headers: Headers;
}

async function ask(method: string, path: string, body?: unknown): Promise<Told> {
  return askWith({}, method, [path, body]);
}

async function askWith(
  headers: Record<string, string>,
  method: string,
  [path, body]: readonly [string, unknown?],
): Promise<Told> {
  const response = await fetch(`${api.baseUrl}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/scim+json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  if (text !== '' && type !== 'application/scim+json; charset=utf-8') throw new Error(`it came as ${type}`);
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Told['body'],
  };
}

const patchOf = (...Operations: readonly object[]): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
});
const addUser = async (userName: string, more: object = {}): Promise<Resource> => {
  const { status, body } = await ask('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    ...more,
  });
  expect(status).toBe(201);
  return body;
};

test('[SI1] a user is added, found by name and external id, replaced, changed and removed', async () => {
  const name = { givenName: 'Bea', familyName: 'B' };
  const made = await addUser('Bea@example.com', {
    externalId: 'X1',
    name,
    emails: [{ value: 'bea@example.com', primary: true }],
  });
  expect(made).toMatchObject({ userName: 'bea@example.com', displayName: 'Bea B', active: true, externalId: 'X1' });
  expect((await ask('POST', '/Users', { userName: 'BEA@example.com' })).body).toMatchObject({
    status: '409',
    scimType: 'uniqueness',
  });
  for (const filter of ['userName eq "BEA@EXAMPLE.com"', 'externalId eq "X1"', `id eq "${made.id}"`]) {
    const { body } = await ask('GET', `/Users?filter=${encodeURIComponent(filter)}`);
    expect([body.totalResults, body.Resources[0]?.id]).toEqual([1, made.id]);
  }
  const replaced = await ask('PUT', `/Users/${made.id}`, { userName: 'bea', displayName: 'B', active: true });
  expect(replaced.body).toMatchObject({ id: made.id, userName: 'bea', displayName: 'B' });
  expect(replaced.body.emails).toBeUndefined();
  const patched = await ask(
    'PATCH',
    `/Users/${made.id}`,
    patchOf(
      { op: 'Replace', path: 'displayName', value: 'Bea' },
      { op: 'add', path: 'emails[type eq "work"].value', value: 'b@example.com' },
      { op: 'replace', value: { 'name.formatted': 'Bea C', externalId: 'X2' } },
    ),
  );
  expect(patched.body).toMatchObject({ displayName: 'Bea C', externalId: 'X2', emails: [{ value: 'b@example.com' }] });
  expect((await ask('DELETE', `/Users/${made.id}`)).status).toBe(204);
  expect((await ask('GET', `/Users/${made.id}`)).status).toBe(404);
  const { items } = await api.client.listAuditEntries({ on: made.id, what: 'member.provision' });
  expect(items.map(({ decision }) => decision).slice(0, 2)).toEqual(['done', 'allowed']);
});

test('[SI2] who is switched off or removed by the directory has no session and no key, at once', async () => {
  const { identity } = api.services;
  for (const end of ['patch', 'delete'] as const) {
    const { id: userId } = await addUser(`leaver-${end}`);
    const tenantId = defaultTenant;
    await identity.passwords.set({ tenantId, userId, login: 'leaver', password: 'a phrase of the leaver' });
    const visitor = new Visitor(api.baseUrl);
    expect((await visitor.logIn(`leaver-${end}`, 'a phrase of the leaver')).status).toBe(200);
    const by = { kind: 'person', id: userId };
    const { token } = await identity.keys.make({
      tenantId,
      userId,
      label: 'k',
      scopes: ['account.use'],
      lifeMs: 1e9,
      by,
    });
    const { id } = (await ask('POST', '/Groups', { displayName: `G ${end}`, members: [{ value: userId }] })).body;
    const authorization = `Bearer ${token}`;
    const knows = async () => [
      await identity.sessions.find([...visitor.cookies.values()][0]!),
      await identity.keys.find(token),
      (await fetch(`${api.baseUrl}/v1/account`, { headers: { authorization } })).status === 401,
    ];
    expect(await knows()).toEqual([expect.anything(), expect.anything(), false]);
    // Entra writes false as a text.
    if (end === 'patch')
      await ask('PATCH', `/Users/${userId}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }));
    else await ask('DELETE', `/Users/${userId}`);
    expect(await knows()).toEqual([undefined, undefined, true]);
    expect((await visitor.logIn(`leaver-${end}`, 'a phrase of the leaver')).status).toBe(401);
    expect((await ask('GET', `/Groups/${id}`)).body.members).toHaveLength(end === 'patch' ? 1 : 0);
  }
});

test('[SI3] members join and leave a group, and with it what it gives', async () => {
  const [ann, bob, cat] = [await addUser('g-ann'), await addUser('g-bob'), await addUser('g-cat')];
  const { id } = (await ask('POST', '/Groups', { displayName: 'Engineering', members: [{ value: ann.id }] })).body;
  expect((await ask('POST', '/Groups', { displayName: 'Engineering' })).body.scimType).toBe('uniqueness');
  const members = async (...operations: readonly object[]) =>
    (await ask('PATCH', `/Groups/${id}`, patchOf(...operations))).body.members.map(({ value }) => value);
  const rolesOf = async ({ id: userId }: Resource) => {
    const user = await api.services.identity.users.find(defaultTenant, userId);
    return api.services.identity.groups.rolesOf(defaultTenant, userId, user!.body);
  };
  const sorted = (...users: readonly Resource[]) => users.map((user) => user.id).toSorted();
  expect(await rolesOf(ann)).toEqual(['developer']);
  const add = { op: 'add', path: 'members', value: [{ value: bob.id }, { value: cat.id }] };
  expect(await members(add)).toEqual(sorted(ann, bob, cat));
  expect(await members({ op: 'remove', path: `members[value eq "${ann.id}"]` })).toEqual(sorted(bob, cat));
  expect(await rolesOf(ann)).toEqual([]);
  expect(await members({ op: 'remove', path: 'members', value: [{ value: cat.id }] })).toEqual([bob.id]);
  expect(await members({ op: 'replace', path: 'members', value: [{ value: cat.id }] })).toEqual([cat.id]);
  expect(await members({ op: 'replace', value: { displayName: 'Engineering', members: [{ value: ann.id }] } })).toEqual(
    [ann.id],
  );
  expect(await members({ op: 'remove', path: 'members' })).toEqual([]);
  const filter = encodeURIComponent('displayName eq "Engineering"');
  expect((await ask('GET', `/Groups?filter=${filter}&excludedAttributes=members`)).body.totalResults).toBe(1);
  expect((await ask('DELETE', `/Groups/${id}`)).status).toBe(204);
  expect((await ask('GET', `/Groups/${id}`)).status).toBe(404);
});

test('[SI4] lists come in pages, and a change names the version that was read', async () => {
  for (const no of [1, 2, 3]) await addUser(`page-${no}`);
  const first = await ask('GET', '/Users?startIndex=1&count=2');
  const all = (await ask('GET', '/Users?count=200')).body;
  expect(first.body.Resources).toEqual(all.Resources.slice(0, 2));
  expect(first.body.totalResults).toBe(all.Resources.length);
  expect((await ask('GET', '/Users?startIndex=3&count=1')).body.Resources).toEqual(all.Resources.slice(2, 3));
  expect((await ask('GET', '/Users?count=0')).body.Resources).toEqual([]);
  const user = all.Resources[0]!;
  const changed = await askWith({ 'if-match': user.meta.version }, 'PATCH', [
    `/Users/${user.id}`,
    patchOf({ op: 'replace', path: 'displayName', value: 'Other' }),
  ]);
  expect([changed.status, changed.headers.get('etag')]).toEqual([200, changed.body.meta.version]);
  const late = await askWith({ 'if-match': user.meta.version }, 'PUT', [`/Users/${user.id}`, { userName: 'late' }]);
  expect(late.status).toBe(412);
});

test('[SI5] a directory sees those alone that it may keep, and nobody else is one', async () => {
  const { body } = await ask('GET', '/Users?count=200');
  expect(body.Resources.map(({ userName }) => userName)).not.toContain('owner');
  expect((await ask('GET', `/Users/${localOwner}`)).status).toBe(404);
  expect(
    (await ask('PATCH', `/Users/${localOwner}`, patchOf({ op: 'replace', path: 'active', value: false }))).status,
  ).toBe(404);
  expect((await ask('DELETE', `/Users/${localOwner}`)).status).toBe(404);
  const others = { authorization: 'Bearer viewer@default' };
  expect((await askWith(others, 'GET', ['/Users'])).status).toBe(403);
  expect((await askWith({ authorization: 'Bearer nothing' }, 'GET', ['/Users'])).status).toBe(401);
  const elsewhere = { authorization: 'Bearer admin@elsewhere' };
  expect((await askWith(elsewhere, 'GET', [`/Users/${body.Resources[0]!.id}`])).status).toBe(404);
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${api.baseUrl}/v1/goals`, { headers })).status).toBe(403);
});

test('[SI6] what does not fit is refused in the form of SCIM, and what there is, is described', async () => {
  const wrong: readonly (readonly [string, string, unknown])[] = [
    ['GET', `/Users?filter=${encodeURIComponent('userName co "a"')}`, undefined],
    ['GET', `/Users?filter=${encodeURIComponent('password eq "a"')}`, undefined],
    ['GET', '/Users?startIndex=first', undefined],
    ['POST', '/Users', { displayName: 'nobody' }],
    ['POST', '/Users', []],
    ['POST', '/Users', { userName: 'x', active: 'perhaps' }],
    ['POST', '/Users', { userName: 'y', password: 'chosen by a directory' }],
    ['PATCH', `/Users/${(await addUser('wrong')).id}`, patchOf({ op: 'move', path: 'a', value: 1 })],
    ['POST', '/Groups', { displayName: '' }],
  ];
  for (const [method, path, body] of wrong) {
    const told = await ask(method, path, body);
    expect([told.status, told.body.schemas], `${method} ${path}`).toEqual([
      400,
      ['urn:ietf:params:scim:api:messages:2.0:Error'],
    ]);
  }
  for (const name of ['ServiceProviderConfig', 'ResourceTypes', 'Schemas'])
    expect((await ask('GET', `/${name}`)).status).toBe(200);
});

test('[SI7] texts that no store keeps are refused before anything is looked up', async () => {
  const user = { userName: 'nul@example.com', displayName: 'a\u0000b' };
  const asked = [
    await ask('POST', '/Users', user),
    await ask('POST', '/Users', { userName: 'nul\u0000@example.com' }),
    await ask('POST', '/Groups', { displayName: 'Crew', members: [{ value: 'a\u0000' }] }),
    await ask('GET', ['', 'Users', 'a%00b'].join('/')),
    await ask('GET', `/Users?filter=${encodeURIComponent('userName eq "a\u0000"')}`),
    await ask('GET', `/Users?filter=${encodeURIComponent(String.raw`userName eq "a\u0000"`)}`),
  ];
  expect(asked.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
});
