// Logging in at a real OpenID provider, as a browser does, and out again when the provider says so.
import { openOpenIdProvider } from '@chorale/adapter-identity';
import { fetchOutside } from '../platform/fetch-outside.ts';
import { defaultTenant } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/api-fixture.ts';
import { Visitor } from './http-visitor.fixture.ts';
import type { ConfiguredProvider } from './identity-services.ts';
import { ensureOwner } from './local-owner.ts';
import { client, openRealProvider, type RealProvider } from './real-provider.fixture.ts';

let api: TestApi;
let real: RealProvider;
beforeAll(async () => {
  api = await startTestApi({ now: Date.now });
  api.clock.now = Date.now();
  const base = `${api.baseUrl}/v1/login/providers/company`;
  real = await openRealProvider(`${base}/callback`, `${base}/logout`);
  await ensureOwner(api.services.identity);
  (api.services.identity.providers as ConfiguredProvider[]).push({
    name: 'company',
    label: 'Company',
    rules: { tenantId: defaultTenant, provision: true, roles: ['viewer'] },
    provider: openOpenIdProvider({
      issuer: real.issuer,
      // As the server does it.
      fetch: fetchOutside(new Set([new URL(real.issuer).hostname])),
      clientId: client.client_id,
      clientSecret: client.client_secret,
      scopes: 'openid',
      groupsClaim: 'groups',
    }),
  });
});
afterAll(async () => {
  await api.close();
  await real.close();
});

/** Where the browser ends up. */
async function logIn(visitor: Visitor, name: string): Promise<string> {
  const there = (await visitor.visit('/v1/login/providers/company')).headers.get('location') ?? '';
  const back = new URL(await real.logIn(there, name));
  const answer = await visitor.visit(`${back.pathname}${back.search}`, { headers: { 'sec-fetch-site': 'cross-site' } });
  expect(answer.status).toBe(303);
  return answer.headers.get('location') ?? '';
}

test('[AC10] who logs in at the provider has an account, with the roles of their groups, as long as they are in them', async () => {
  expect(await new Visitor(api.baseUrl).json('/v1/login')).toMatchObject({
    providers: [{ name: 'company', label: 'Company' }],
  });
  real.people.set('sub-1', { preferred_username: 'Cleo', name: 'Cleo C', groups: ['Engineering', 'Chess'] });
  const visitor = new Visitor(api.baseUrl);
  expect(await logIn(visitor, 'sub-1')).toBe('/');
  const account = await visitor.json('/v1/account');
  expect(account).toMatchObject({
    login: 'cleo',
    displayName: 'Cleo C',
    roles: ['viewer', 'developer'],
    kind: 'person',
  });
  real.people.set('sub-1', { preferred_username: 'Renamed', groups: ['Chess'] });
  expect(await logIn(visitor, 'sub-1')).toBe('/');
  expect(await visitor.json('/v1/account')).toMatchObject({
    userId: account['userId'],
    login: 'cleo',
    roles: ['viewer'],
  });
});

test('[AC10] a name chosen at the provider opens no account that was made here', async () => {
  real.people.set('sub-2', { preferred_username: 'owner' });
  const visitor = new Visitor(api.baseUrl);
  expect(await logIn(visitor, 'sub-2')).toBe('/#failed=login-refused');
  expect((await visitor.visit('/v1/account')).status).toBe(401);
});

test('[AC10] a login comes back to the browser that began it, once', async () => {
  real.people.set('sub-3', { preferred_username: 'dora' });
  const [mine, theirs] = [new Visitor(api.baseUrl), new Visitor(api.baseUrl)];
  const there = (await theirs.visit('/v1/login/providers/company')).headers.get('location') ?? '';
  const back = new URL(await real.logIn(there, 'sub-3'));
  await mine.visit('/v1/login/providers/company');
  const path = `${back.pathname}${back.search}`;
  expect((await mine.visit(path)).headers.get('location')).toBe('/#failed=provider-login-invalid');
  expect((await new Visitor(api.baseUrl).visit(path)).headers.get('location')).toBe('/#failed=ticket-invalid');
  expect((await theirs.visit(path)).headers.get('location')).toBe('/');
  expect((await theirs.visit(path)).headers.get('location')).toBe('/#failed=ticket-invalid');
  expect((await mine.visit('/v1/account')).status).toBe(401);
});

test('[AC11] who logs out at the provider is out here, at once; a logout that does not hold changes nothing', async () => {
  real.people.set('sub-4', { preferred_username: 'eve' });
  const visitor = new Visitor(api.baseUrl);
  expect(await logIn(visitor, 'sub-4')).toBe('/');
  const post = (body: string) =>
    fetch(`${api.baseUrl}/v1/login/providers/company/logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
  expect((await post('logout_token=a.b.c')).status).toBe(400);
  expect((await post('')).status).toBe(400);
  expect((await visitor.visit('/v1/account')).status).toBe(200);
  await real.logOut();
  expect((await visitor.visit('/v1/account')).status).toBe(401);
});
