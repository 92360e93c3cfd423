// What a provider answers is believed only where all of it holds: each thing that may be wrong, one at a time.
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LoginProvider, ProvenLogin } from '@chorale/module-access';
import { openOpenIdProvider } from './open-id-provider.ts';
import { clientId, type Tampering, TamperingProvider } from './tampering-provider.fixture.ts';

const redirect = 'http://127.0.0.1:1/callback';
let server: TamperingProvider;
let provider: LoginProvider;
beforeAll(async () => {
  server = await TamperingProvider.open();
  provider = open();
});
afterAll(() => server.close());
beforeEach(() => {
  server.tampering = {};
});

function open(acrValues: readonly string[] = []): LoginProvider {
  const { issuer } = server;
  return openOpenIdProvider({
    issuer,
    clientId,
    clientSecret: 'a secret',
    scopes: 'openid',
    groupsClaim: 'groups',
    acrValues,
  });
}

async function logIn(): Promise<ProvenLogin> {
  const { url, kept } = await provider.begin(redirect);
  return provider.finish(await server.visit(url), kept);
}

const change =
  (more: JWTPayload) =>
  (claims: JWTPayload): JWTPayload => ({ ...claims, ...more });
const without =
  (name: string) =>
  (claims: JWTPayload): JWTPayload =>
    Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

test('[ID11] [S2] a login that holds is believed, with clocks that differ a little', async () => {
  expect(await logIn()).toEqual({ issuer: server.issuer, subject: 'ann' });
  const claims = { iat: inSeconds(20), exp: inSeconds(-20), preferred_username: 'ann', groups: ['a', 7], email: 'a@x' };
  server.tampering = { claims: change(claims) };
  // The address is not verified.
  expect(await logIn()).toEqual({ issuer: server.issuer, subject: 'ann', login: 'ann', groups: ['a'] });
});

const tamperings: Readonly<Record<string, Tampering | (() => Tampering)>> = {
  'another issuer': { claims: change({ iss: 'https://evil.example' }) },
  'no issuer': { claims: without('iss') },
  'another audience': { claims: change({ aud: 'somebody-else' }) },
  'two audiences, made for the other': { claims: change({ aud: [clientId, 'other'], azp: 'other' }) },
  'another nonce': { claims: change({ nonce: 'of another login' }) },
  'no nonce': { claims: without('nonce') },
  'no subject': { claims: without('sub') },
  expired: () => ({ claims: change({ exp: inSeconds(-120) }) }),
  'no end': { claims: without('exp') },
  'not valid yet': () => ({ claims: change({ nbf: inSeconds(120) }) }),
  'alg none': { sign: 'none' },
  'key confusion: HS256 with the public key as PEM': { sign: 'hs256-public-pem' },
  'key confusion: HS256 with the public key as JWK': { sign: 'hs256-public-jwk' },
  'another key under the same name': { sign: 'other-key' },
  'a key of its own in the header': { sign: 'embedded-key' },
  'a key it does not publish': { header: { kid: 'two' } },
  'a signature with other bits': { sign: 'broken' },
  'another state': { callback: (back) => back.set('state', 'of another browser') },
  'no state': { callback: (back) => back.delete('state') },
  'a code it did not make': { callback: (back) => back.set('code', 'stolen') },
  'an answer of another issuer (mix-up)': { callback: (back) => back.set('iss', 'https://evil.example') },
  'an error instead of a code': { callback: (back) => back.set('error', 'access_denied') },
};

test.each(Object.keys(tamperings))('[ID11] [S2] refused: %s', async (name) => {
  const tampering = tamperings[name]!;
  server.tampering = typeof tampering === 'function' ? tampering() : tampering;
  await expect(logIn()).rejects.toMatchObject({ family: 'refused', code: 'provider-login-invalid' });
});

test('[ID11] [S2] refused: an answer or a token that was used before', async () => {
  const { url, kept } = await provider.begin(redirect);
  const back = await server.visit(url);
  await provider.finish(back, kept);
  const problem = { family: 'refused', code: 'provider-login-invalid' };
  await expect(provider.finish(back, kept)).rejects.toMatchObject(problem);
  server.tampering = { token: server.lastToken };
  await expect(logIn()).rejects.toMatchObject(problem);
});

test('[ID11] [S2] refused: the answer to a login that another browser began', async () => {
  const [mine, theirs] = [await provider.begin(redirect), await provider.begin(redirect)];
  const back = await server.visit(theirs.url);
  await expect(provider.finish(back, mine.kept)).rejects.toMatchObject({ code: 'provider-login-invalid' });
  // Nor does it help to give it the state that is expected.
  const changed = back.replace(theirs.kept.state, mine.kept.state);
  await expect(provider.finish(changed, mine.kept)).rejects.toMatchObject({ code: 'provider-login-invalid' });
});

test('[ID11] a login that is weaker than is asked for is refused', async () => {
  const strict = open(['phr', 'phrh']);
  const logInStrictly = async (): Promise<ProvenLogin> => {
    const { url, kept } = await strict.begin(redirect);
    expect(new URL(url).searchParams.get('acr_values')).toBe('phr phrh');
    return strict.finish(await server.visit(url), kept);
  };
  for (const claims of [{}, { acr: '0' }, { acr: ['phr'] }]) {
    server.tampering = { claims: change(claims) };
    await expect(logInStrictly()).rejects.toMatchObject({ code: 'provider-login-invalid' });
  }
  server.tampering = { claims: change({ acr: 'phrh' }) };
  expect((await logInStrictly()).subject).toBe('ann');
});

test('[ID11] a provider that calls itself otherwise, or is away, is none, until it is', async () => {
  server.tampering = { issuer: 'https://evil.example' };
  const other = open();
  await expect(other.begin(redirect)).rejects.toMatchObject({ family: 'temporary', code: 'provider-unreachable' });
  server.tampering = {};
  expect((await other.begin(redirect)).url).toContain('code_challenge_method=S256');
});

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const logoutClaims = (more: JWTPayload = {}): JWTPayload => ({
  jti: 'j1',
  sid: 's1',
  events: { [logoutEvent]: {} },
  ...more,
});

test('[ID12] a logout token that holds says whose session has ended', async () => {
  expect(await provider.readLogout(await server.makeToken(logoutClaims({ sub: 'ann' })))).toMatchObject({
    issuer: server.issuer,
    subject: 'ann',
    sessionId: 's1',
    tokenId: 'j1',
  });
});

const wrongLogouts: Readonly<Record<string, () => { readonly claims: JWTPayload; readonly tampering?: Tampering }>> = {
  'a token of a login': () => ({ claims: logoutClaims({ nonce: 'n' }) }),
  'no event': () => ({ claims: logoutClaims({ events: {} }) }),
  'nobody named': () => ({ claims: logoutClaims({ sid: undefined }), tampering: { claims: without('sub') } }),
  'no id': () => ({ claims: logoutClaims(), tampering: { claims: without('jti') } }),
  'another audience': () => ({ claims: logoutClaims({ aud: 'other' }) }),
  'another issuer': () => ({ claims: logoutClaims({ iss: 'https://evil.example' }) }),
  'too old': () => ({ claims: logoutClaims({ iat: inSeconds(-600) }) }),
  expired: () => ({ claims: logoutClaims({ exp: inSeconds(-120) }) }),
  'alg none': () => ({ claims: logoutClaims(), tampering: { sign: 'none' } }),
  'key confusion': () => ({ claims: logoutClaims(), tampering: { sign: 'hs256-public-pem' } }),
  'another key': () => ({ claims: logoutClaims(), tampering: { sign: 'other-key' } }),
};

test.each(Object.keys(wrongLogouts))('[ID12] [S2] a logout token is refused: %s', async (name) => {
  const { claims, tampering = {} } = wrongLogouts[name]!();
  server.tampering = tampering;
  const token = await server.makeToken(claims);
  await expect(provider.readLogout(token)).rejects.toMatchObject({
    family: 'refused',
    code: 'provider-logout-invalid',
  });
});
