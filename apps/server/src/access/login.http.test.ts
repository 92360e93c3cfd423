import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/api-fixture.ts';
import { Visitor } from './http-visitor.fixture.ts';
import { givePassword } from './local-owner.ts';
import { networkOf } from './login-place.ts';

let api: TestApi;
let password: string;
beforeAll(async () => {
  api = await startTestApi();
  password = (await givePassword(api.services.identity))!;
});
afterAll(() => api.close());

async function loggedIn(): Promise<Visitor> {
  const visitor = new Visitor(api.baseUrl);
  expect((await visitor.logIn('owner', password)).status).toBe(200);
  return visitor;
}

test('[AC1] the first owner gets one password, shown once, that opens the page', async () => {
  expect(password).toMatch(/^(?:[b-z2-9]{5}-){3}[b-z2-9]{5}$/);
  expect(await givePassword(api.services.identity)).toBeUndefined();
  const visitor = new Visitor(api.baseUrl);
  expect((await visitor.visit('/v1/goals')).status).toBe(401);
  const account = await (await visitor.logIn('Owner', password)).json();
  expect(account).toMatchObject({ userId: 'owner', login: 'owner', roles: ['owner'], kind: 'person' });
  expect((await visitor.visit('/v1/goals')).status).toBe(200);
});

test('[AC2] the cookie of a session is out of reach of scripts and of other sites', async () => {
  const { setCookies } = await loggedIn();
  expect(setCookies).toHaveLength(2);
  for (const line of setCookies)
    expect(line).toMatch(/^chorale-(?:session|device)-\d+=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
});

test('[AC2] a session is nobody where another origin asks, and changes nothing where no origin is named', async () => {
  const visitor = await loggedIn();
  const status = async (method: string, headers: { readonly [name: string]: string }) => {
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return (await fetch(`${api.baseUrl}/v1/account/sessions`, { method, headers: { cookie, ...headers } })).status;
  };
  expect(await status('GET', { 'sec-fetch-site': 'same-origin' })).toBe(200);
  expect(await status('GET', {})).toBe(200);
  for (const site of ['same-site', 'cross-site']) expect(await status('GET', { 'sec-fetch-site': site })).toBe(401);
  expect(await status('DELETE', {})).toBe(401);
  expect(await status('DELETE', { 'sec-fetch-site': 'none' })).toBe(401);
  expect(await status('DELETE', { origin: 'http://127.0.0.1:1' })).toBe(403);
  expect(await status('DELETE', { origin: 'null' })).toBe(403);
  expect(await status('DELETE', { origin: api.baseUrl })).toBe(204);
});

test('[AC27] what opens an account is changed by who has just logged in', async () => {
  const visitor = await loggedIn();
  const remove = async () => {
    const answer = await visitor.visit('/v1/account/passkeys/none', { method: 'DELETE' });
    return ((await answer.json()) as { readonly code: string }).code;
  };
  expect(await remove()).toBe('passkey-not-found');
  api.clock.now += 15 * 60_000;
  expect(await remove()).toBe('login-too-old');
  const begun = await visitor.visit('/v1/account/passkeys/begin', { method: 'POST', body: {} });
  expect([begun.status, ((await begun.json()) as { readonly code: string }).code]).toEqual([403, 'login-too-old']);
  // All else goes on.
  expect((await visitor.visit('/v1/account')).status).toBe(200);
});

test('[AC3] a ticket opens the page once', async () => {
  const { ticket } = await (
    await loggedIn()
  ).json<{ ticket: string }>('/v1/account/tickets', { method: 'POST', body: {} });
  const use = () => new Visitor(api.baseUrl).visit('/v1/login/ticket', { method: 'POST', body: { ticket } });
  const answers = await Promise.all([use(), use(), use()]);
  expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 401, 401]);
  const late = (await (await loggedIn()).json<{ ticket: string }>('/v1/account/tickets', { method: 'POST', body: {} }))
    .ticket;
  api.clock.now += 10 * 60_000;
  const visit = { method: 'POST', body: { ticket: late } };
  expect((await new Visitor(api.baseUrl).visit('/v1/login/ticket', visit)).status).toBe(401);
});

test('[AC4] sessions are listed and ended, and another password ends all others', async () => {
  const [first, second] = [await loggedIn(), await loggedIn()];
  const { items } = await first.json<{ items: { sessionId: string; current: boolean }[] }>('/v1/account/sessions');
  const other = (await second.json<{ sessionId: string }>('/v1/account')).sessionId;
  expect(items.filter(({ current }) => current)).toHaveLength(1);
  expect((await first.visit(`/v1/account/sessions/${other}`, { method: 'DELETE' })).status).toBe(204);
  expect((await second.visit('/v1/account')).status).toBe(401);
  const third = await loggedIn();
  const before = new Map(first.cookies);
  const change = (current: string, next: string) =>
    first.visit('/v1/account/password', { method: 'POST', body: { current, password: next } });
  expect((await change('not the password', 'another long phrase')).status).toBe(401);
  expect((await change(password, 'short')).status).toBe(422);
  expect((await change(password, 'another long phrase')).status).toBe(200);
  expect((await third.visit('/v1/account')).status).toBe(401);
  expect((await first.visit('/v1/account')).status).toBe(200);
  // The session goes on under another secret.
  expect([...first.cookies.values()]).not.toEqual([...before.values()]);
  password = 'another long phrase';
  expect((await first.visit('/v1/login', { method: 'DELETE' })).status).toBe(204);
  expect(first.cookies.size).toBe(1);
  expect((await first.visit('/v1/account')).status).toBe(401);
});

test('[AC5] guesses are put off with 429 and when to try again', async () => {
  const visitor = new Visitor(api.baseUrl);
  const statuses: number[] = [];
  for (let no = 0; no < 8; no++) statuses.push((await visitor.logIn('somebody', `guess ${no}`)).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  const answer = await visitor.logIn('somebody', 'guess');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('[AC5] addresses of one network count as one', () => {
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:0DB8:1:2::9')).toBe('2001:db8:1:2::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
});

test('[AC6] keys do what they are for and their user may do, and make none that are for more', async () => {
  const visitor = await loggedIn();
  const make = (body: object) =>
    visitor.json<{ key: string; keyId: string }>('/v1/account/keys', { method: 'POST', body });
  const { key, keyId } = await make({ label: 'ci', scopes: ['goal.read', 'account.use'] });
  const ask = (path: string, given: string, init: RequestInit = {}) =>
    fetch(`${api.baseUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${given}`, 'content-type': 'application/json' },
    });
  expect((await ask('/v1/goals', key)).status).toBe(200);
  expect((await ask('/v1/budgets', key)).status).toBe(403);
  expect(await (await ask('/v1/account', key)).json()).toMatchObject({
    kind: 'key',
    keyId,
    operations: ['goal.read', 'account.use'],
  });
  const wider = await ask('/v1/account/keys', key, { method: 'POST', body: JSON.stringify({ label: 'more' }) });
  expect(wider.status).toBe(403);
  expect((await ask('/v1/account/tickets', key, { method: 'POST', body: '{}' })).status).toBe(403);
  const rotated = await visitor.json<{ key: string }>(`/v1/account/keys/${keyId}/rotate`, {
    method: 'POST',
    body: { overlapHours: 0 },
  });
  expect((await ask('/v1/goals', key)).status).toBe(401);
  expect((await ask('/v1/goals', rotated.key)).status).toBe(200);
});

test('[AC7] a person who is invited chooses a password; nobody but owners touches owners', async () => {
  const owner = await loggedIn();
  const add = (by: Visitor, body: object) => by.visit('/v1/members', { method: 'POST', body });
  const { invitation, userId } = (await (await add(owner, { login: 'ann', roles: ['admin'] })).json()) as {
    invitation: string;
    userId: string;
  };
  const ann = new Visitor(api.baseUrl);
  const accept = (chosen: string) =>
    ann.visit('/v1/login/invitation', { method: 'POST', body: { invitation, password: chosen } });
  expect((await accept('short')).status).toBe(422);
  expect((await accept('a phrase of ann')).status).toBe(200);
  expect((await accept('a phrase of ann')).status).toBe(401);
  expect((await add(ann, { login: 'bob', roles: ['owner'] })).status).toBe(403);
  expect((await ann.visit('/v1/members/owner/invitation', { method: 'POST', body: {} })).status).toBe(403);
  expect((await ann.visit('/v1/members/owner', { method: 'POST', body: { active: false } })).status).toBe(403);
  expect((await ann.visit(`/v1/members/${userId}`, { method: 'POST', body: { roles: ['owner'] } })).status).toBe(403);
  expect((await owner.visit('/v1/members/owner', { method: 'DELETE' })).status).toBe(409);
  expect((await owner.visit(`/v1/members/${userId}`, { method: 'POST', body: { active: false } })).status).toBe(200);
  expect((await ann.visit('/v1/account')).status).toBe(401);
  expect((await ann.logIn('ann', 'a phrase of ann')).status).toBe(401);
});

test('[PE3] nobody is given a role that no policy names', async () => {
  const owner = await loggedIn();
  const body = { roles: ['viewer', 'viewr'] };
  for (const [path, sent] of [
    ['/v1/members', { login: 'misspelt', ...body }],
    ['/v1/members/owner', body],
  ] as const) {
    const answer = await owner.visit(path, { method: 'POST', body: sent });
    expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({
      status: 422,
      code: 'role-unknown',
      detail: 'There is no role viewr.',
    });
  }
});

test('[AC7] a service account has keys, and no keys are made in the name of a person', async () => {
  const owner = await loggedIn();
  const made = await owner.json<{ userId: string; invitation?: string }>('/v1/members', {
    method: 'POST',
    body: { login: 'deploy-bot', kind: 'service', roles: ['viewer'] },
  });
  expect(made.invitation).toBeUndefined();
  const body = { label: 'bot' };
  const { key } = await owner.json<{ key: string }>(`/v1/members/${made.userId}/keys`, { method: 'POST', body });
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${api.baseUrl}/v1/goals`, { headers })).status).toBe(200);
  expect((await fetch(`${api.baseUrl}/v1/members`, { headers })).status).toBe(403);
  expect((await owner.visit('/v1/members/owner/keys', { method: 'POST', body })).status).toBe(404);
});

test('[AC12] a token does for a while what whoever asked may do, and no longer than they may', async () => {
  const owner = await loggedIn();
  const made = await owner.json<{ userId: string; invitation: string }>('/v1/members', {
    method: 'POST',
    body: { login: 'tokens', roles: ['viewer'] },
  });
  const visitor = new Visitor(api.baseUrl);
  const accept = { invitation: made.invitation, password: 'a phrase for tokens' };
  await visitor.visit('/v1/login/invitation', { method: 'POST', body: accept });
  const issue = (body: object) => visitor.visit('/v1/tokens', { method: 'POST', body });
  expect((await issue({ scopes: ['tenant.erase'] })).status).toBe(403);
  expect((await issue({ minutes: 16 })).status).toBe(400);
  const { token } = (await (await issue({ scopes: ['goal.read', 'account.use'] })).json()) as { token: string };
  const other = (await (await issue({ audience: 'site-7' })).json()) as { token: string };
  const ask = async (path: string, given: string) =>
    (await fetch(`${api.baseUrl}${path}`, { headers: { authorization: `Bearer ${given}` } })).status;
  expect([await ask('/v1/goals', token), await ask('/v1/workflows', token)]).toEqual([200, 403]);
  expect(await ask('/v1/goals', other.token)).toBe(401);
  // Who has the published keys verifies it without asking.
  const keys = createLocalJWKSet((await (await fetch(`${api.baseUrl}/.well-known/jwks.json`)).json()) as JSONWebKeySet);
  const currentDate = new Date(api.clock.now);
  const { payload } = await jwtVerify(other.token, keys, { audience: 'site-7', issuer: 'chorale', currentDate });
  expect(payload).toMatchObject({ sub: made.userId, tenant: 'default' });
  await owner.visit(`/v1/members/${made.userId}`, { method: 'POST', body: { active: false } });
  expect(await ask('/v1/goals', token)).toBe(401);
});

test('[AC5] an address that somebody claims to have counts only where a proxy in front says so', async () => {
  const behind = await startTestApi({ trustProxy: ['127.0.0.1'] });
  const guess = async ({ baseUrl }: TestApi, no: number): Promise<number> => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${no}` };
    const body = JSON.stringify({ login: 'claimed', password: 'guess' });
    return (await fetch(`${baseUrl}/v1/login/password`, { method: 'POST', headers, body })).status;
  };
  const statuses = { open: [] as number[], behind: [] as number[] };
  for (let no = 0; no < 7; no++) {
    statuses.open.push(await guess(api, no));
    statuses.behind.push(await guess(behind, no));
  }
  await behind.close();
  expect(statuses.open.slice(5)).toEqual([429, 429]);
  expect(statuses.behind).toEqual(Array(7).fill(401));
});

test('[AC13] where passwords are closed, none opens anything, and the page says so', async () => {
  const { identity } = api.services;
  const closed = await startTestApi({ identity: { ...identity, passwordsOpen: false } });
  const visitor = new Visitor(closed.baseUrl);
  expect(await visitor.json('/v1/login')).toMatchObject({ passwords: false });
  const answer = await visitor.logIn('owner', password);
  expect([answer.status, await answer.json()]).toEqual([403, expect.objectContaining({ code: 'passwords-closed' })]);
  const body = { login: 'owner', password, label: 'x' };
  expect((await visitor.visit('/v1/login/key', { method: 'POST', body })).status).toBe(403);
  await closed.close();
});
