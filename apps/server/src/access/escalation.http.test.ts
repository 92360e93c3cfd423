// Ways to come to more than one has: each is tried as somebody who has less.
import { compilePolicies } from '@chorale/adapter-cedar';
import { defaultTenant } from '@chorale/lib-ids';
import { rolePolicies } from '@chorale/module-access';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/api-fixture.ts';
import { Visitor } from './http-visitor.fixture.ts';
import { givePassword } from './local-owner.ts';

let api: TestApi;
let owner: Visitor;
beforeAll(async () => {
  api = await startTestApi();
  const password = (await givePassword(api.services.identity))!;
  owner = new Visitor(api.baseUrl);
  await owner.logIn('owner', password);
});
afterAll(() => api.close());

const post = (by: Visitor, path: string, body: object = {}) => by.visit(path, { method: 'POST', body });

async function member(login: string, roles: readonly string[]): Promise<{ visitor: Visitor; userId: string }> {
  const made = await owner.json<{ userId: string; invitation: string }>('/v1/members', {
    method: 'POST',
    body: { login, roles },
  });
  const visitor = new Visitor(api.baseUrl);
  const chosen = { invitation: made.invitation, password: `a long phrase of ${login}` };
  expect((await post(visitor, '/v1/login/invitation', chosen)).status).toBe(200);
  return { visitor, userId: made.userId };
}

function scim(by: Visitor, what: string, body: object): Promise<Response> {
  const [method = '', path] = what.split(' ');
  return by.visit(`/scim/v2/${path}`, { method, body });
}

async function ask(key: string, path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return fetch(`${api.baseUrl}${path}`, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
}

test('[AC7] an admin makes no key of a service account that is an owner', async () => {
  const { visitor: ann } = await member('ann', ['admin']);
  const { userId } = await owner.json<{ userId: string }>('/v1/members', {
    method: 'POST',
    body: { login: 'owner-bot', kind: 'service', roles: ['owner'] },
  });
  expect((await post(ann, `/v1/members/${userId}/keys`, { label: 'mine' })).status).toBe(403);
  expect((await post(owner, `/v1/members/${userId}/keys`, { label: 'ours' })).status).toBe(201);
});

test('[AC14] a key for something adds no passkey, which would open a session for everything', async () => {
  const { key } = await owner.json<{ key: string }>('/v1/account/keys', {
    method: 'POST',
    body: { label: 'reads', scopes: ['account.use', 'goal.read'] },
  });
  const at = api.baseUrl.replace('127.0.0.1', 'localhost');
  const answer = await fetch(`${at}/v1/account/passkeys/begin`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(answer.status).toBe(403);
});

test('[AC12] a token makes neither a token nor a key, which would outlive it', async () => {
  const { token } = await owner.json<{ token: string }>('/v1/tokens', { method: 'POST', body: {} });
  expect((await ask(token, '/v1/goals')).status).toBe(200);
  expect((await ask(token, '/v1/tokens', {})).status).toBe(403);
  expect((await ask(token, '/v1/account/keys', { label: 'stays' })).status).toBe(403);
});

test('[AC4] a password that is changed ends all sessions however many', async () => {
  const { visitor } = await member('many', ['viewer']);
  const { identity } = api.services;
  const { userId, tenantId } = await visitor.json<{ userId: string; tenantId: string }>('/v1/account');
  const place = { method: 'password', address: '::1', agent: 'x' } as const;
  const tokens: string[] = [];
  for (let no = 0; no < 250; no++)
    tokens.push((await identity.sessions.begin({ tenantId: tenantId as never, userId, ...place })).token);
  const body = { current: 'a long phrase of many', password: 'another phrase of many' };
  expect((await post(visitor, '/v1/account/password', body)).status).toBe(200);
  const left = (await Promise.all(tokens.map((one) => identity.sessions.find(one)))).filter((one) => one !== undefined);
  expect(left).toEqual([]);
  expect((await visitor.visit('/v1/account')).status).toBe(200);
});

test('[AC4] a ticket ends with the sessions', async () => {
  const { visitor } = await member('left', ['viewer']);
  const { ticket } = await visitor.json<{ ticket: string }>('/v1/account/tickets', { method: 'POST', body: {} });
  const body = { current: 'a long phrase of left', password: 'another phrase of left' };
  expect((await post(visitor, '/v1/account/password', body)).status).toBe(200);
  expect((await post(new Visitor(api.baseUrl), '/v1/login/ticket', { ticket })).status).toBe(401);
});

test('[AC5] a login of a tenant that is not there leaves nothing behind', async () => {
  const before = await api.services.identity.store.listTenants();
  const answer = await post(new Visitor(api.baseUrl), '/v1/login/password', {
    tenant: 'nowhere',
    login: 'ann',
    password: 'guess',
  });
  expect(answer.status).toBe(401);
  expect(await api.services.identity.store.listTenants()).toEqual(before);
});

test('[AC15] who may not answer an approval does not get past it by a change of the plan', async () => {
  const { visitor: dora } = await member('dora', ['developer']);
  const { visitor: rita } = await member('rita', ['reviewer', 'operator']);
  const { goalId } = await dora.json<{ goalId: string }>('/v1/goals', { method: 'POST', body: { workflow: 'asks' } });
  const change = async (by: Visitor, ...changes: readonly object[]) =>
    (await post(by, `/v1/goals/${goalId}/plan-changes`, { reason: 'in the way', changes })).status;
  const question = { key: 'question', kind: 'approval', needs: [], question: 'Nothing much?' };
  const after = { change: 'repoint', key: 'after', needs: [] };
  expect(await change(dora, { change: 'skip', key: 'question' })).toBe(403);
  expect(await change(dora, after, { change: 'remove', key: 'question' })).toBe(403);
  expect(await change(dora, after)).toBe(403);
  expect(await change(dora, { change: 'replace', task: question })).toBe(403);
  expect(await change(dora, { change: 'add', task: { ...question, key: 'more' } })).toBe(200);
  expect(await change(rita, { change: 'skip', key: 'question' })).toBe(200);
  const { items } = await owner.json<{ items: { what: string; on: { id: string } }[] }>(
    '/v1/audit/entries?what=approval.answer',
  );
  expect(items.map(({ on }) => on.id)).toContain(`${goalId}/question`);
});

test('[AC7] an admin puts nobody into a group that makes owners, and renames none into one', async () => {
  const { visitor: ann, userId } = await member('anna', ['admin']);
  const members = [{ value: userId }];
  expect((await scim(ann, 'POST Groups', { displayName: 'Board', members })).status).toBe(403);
  const other = (await (await scim(ann, 'POST Groups', { displayName: 'Others', members })).json()) as {
    id: string;
  };
  expect((await scim(ann, `PUT Groups/${other.id}`, { displayName: 'Board', members })).status).toBe(403);
  const rename = { Operations: [{ op: 'replace', path: 'displayName', value: 'Board' }] };
  expect((await scim(ann, `PATCH Groups/${other.id}`, rename)).status).toBe(403);
  const board = (await (await scim(owner, 'POST Groups', { displayName: 'Board' })).json()) as { id: string };
  const join = { Operations: [{ op: 'add', path: 'members', value: members }] };
  expect((await scim(ann, `PATCH Groups/${board.id}`, join)).status).toBe(403);
  expect(await ann.json('/v1/account')).toMatchObject({ roles: ['admin'] });
  expect((await scim(owner, `PATCH Groups/${board.id}`, join)).status).toBe(200);
  expect(await ann.json('/v1/account')).toMatchObject({ roles: ['admin', 'owner'] });
});

test('[AC7] an admin gives no owner of a directory another name, under which somebody else would log in', async () => {
  const { visitor: ann } = await member('annette', ['admin']);
  const chair = (await (await scim(ann, 'POST Users', { userName: 'chair' })).json()) as { id: string };
  const rename = { Operations: [{ op: 'replace', path: 'userName', value: 'annes-name' }] };
  expect((await scim(ann, `PATCH Users/${chair.id}`, rename)).status).toBe(200);
  const { identity } = api.services;
  const group = await identity.groups.findByName(defaultTenant, 'Board');
  const join = { groupId: group!.id, join: [chair.id], leave: [], by: { kind: 'system', id: 'test' } };
  await identity.groups.setMembers(defaultTenant, join);
  const again = { Operations: [{ op: 'replace', path: 'userName', value: 'another-name' }] };
  expect((await scim(ann, `PATCH Users/${chair.id}`, again)).status).toBe(403);
  expect((await scim(owner, `PATCH Users/${chair.id}`, again)).status).toBe(200);
});

test('[AC7] an admin gives no role of the policy file that permits more, and a key none beyond its scopes', async () => {
  const { visitor: ann } = await member('annabel', ['admin']);
  const { userId } = await member('victor', ['viewer']);
  const { permissions } = api.services.access;
  const ends = 'permit (principal in Role::"ends", action == Action::"tenant.erase", resource);';
  permissions.use(compilePolicies('2', { ...rolePolicies, ends }));
  const body = { login: 'enders', roles: ['ends'] };
  expect((await post(ann, '/v1/members', body)).status).toBe(403);
  expect((await post(ann, '/v1/members', { ...body, kind: 'service' })).status).toBe(403);
  expect((await post(ann, `/v1/members/${userId}`, { roles: ['viewer', 'ends'] })).status).toBe(403);
  expect((await post(ann, `/v1/members/${userId}`, { roles: ['developer'] })).status).toBe(200);
  expect((await scim(ann, 'POST Groups', { displayName: 'Enders' })).status).toBe(403);
  const { userId: bot } = await owner.json<{ userId: string }>('/v1/members', {
    method: 'POST',
    body: { ...body, kind: 'service' },
  });
  expect((await post(ann, `/v1/members/${bot}/keys`, { label: 'mine' })).status).toBe(403);
  expect((await post(ann, `/v1/members/${bot}`, { displayName: 'Mine' })).status).toBe(403);

  const { key } = await owner.json<{ key: string }>('/v1/account/keys', {
    method: 'POST',
    body: {
      label: 'adds',
      scopes: ['member.manage', 'account.use', 'goal.read', 'artifact.read', 'approval.read', 'catalog.read'],
    },
  });
  expect((await ask(key, '/v1/members', { login: 'wide', roles: ['admin'] })).status).toBe(403);
  expect((await ask(key, `/v1/members/${userId}`, { roles: ['owner'] })).status).toBe(403);
  expect((await ask(key, `/v1/members/${userId}/invitation`, {})).status).toBe(403);
  expect((await ask(key, '/v1/members', { login: 'narrow', roles: ['viewer'] })).status).toBe(201);
});
