import { createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import type { PublicKey, SigningKeys } from '@chorale/module-access';
import { expect, test } from 'vitest';
import { createTokens, tokenLifeMsMax, type Tokens } from './tokens.ts';

const claims = { tenantId: 'north', subject: 'worker-1', scopes: ['goal.read'] };
const minute = 60_000;
const terms = { audience: 'chorale-api', lifeMs: 10 * minute };

function open(
  clock: { now: number },
  published = new Map<string, { readonly key: PublicKey; readonly until: number }>(),
): Tokens {
  const keys: SigningKeys = {
    publish: async (keyId, key, until) => void published.set(keyId, { key, until }),
    list: async () => [...published.values()].filter(({ until }) => until > clock.now).map(({ key }) => key),
  };
  return createTokens({ keys, issuer: 'https://chorale.example', now: () => clock.now });
}

test('[ID13] a token holds for its audience until it ends, in every process, also when the one that signed has ended', async () => {
  const clock = { now: Date.UTC(2026, 2, 1) };
  const published = new Map();
  const [one, other] = [open(clock, published), open(clock, published)];
  const token = await one.issue(claims, terms);
  expect(await other.verify(token, 'chorale-api')).toEqual(claims);
  expect(await other.verify(token, 'site-7')).toBeUndefined();
  expect(decodeJwt(token)).toMatchObject({ exp: decodeJwt(token).iat! + 600, aud: 'chorale-api' });
  clock.now += 10 * minute + 31_000;
  expect(await other.verify(token, 'chorale-api')).toBeUndefined();
  for (const lifeMs of [tokenLifeMsMax + 1, 0, -1, Number.NaN])
    await expect(one.issue(claims, { ...terms, lifeMs })).rejects.toMatchObject({ code: 'token-life-invalid' });
});

test('[ID13] keys change each day, and those before are published until what they signed has ended', async () => {
  const clock = { now: Date.UTC(2026, 2, 1) };
  const tokens = open(clock);
  const first = await tokens.issue(claims, terms);
  clock.now += 24 * 60 * minute - 1;
  const late = await tokens.issue(claims, terms);
  expect(decodeProtectedHeader(late)['kid']).toBe(decodeProtectedHeader(first)['kid']);
  clock.now += 1;
  const second = await tokens.issue(claims, terms);
  expect(decodeProtectedHeader(second)['kid']).not.toBe(decodeProtectedHeader(first)['kid']);
  expect(await tokens.publicKeys()).toHaveLength(2);
  expect(JSON.stringify(await tokens.publicKeys())).not.toContain('"d"');
  expect(await tokens.verify(late, 'chorale-api')).toEqual(claims);
  clock.now += 16 * minute;
  expect(await tokens.publicKeys()).toHaveLength(1);
});

test('[ID13] what this installation did not sign as a token of its own is none', async () => {
  const clock = { now: Date.UTC(2026, 2, 1) };
  const tokens = open(clock);
  const token = await tokens.issue(claims, terms);
  const { kid } = decodeProtectedHeader(token);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [key] = await tokens.publicKeys();
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const sign = (more: object, over: object = {}) =>
    new SignJWT({ ...decodeJwt(token), ...over })
      .setProtectedHeader({ alg: 'EdDSA', kid: kid!, typ: 'chorale-token+jwt', ...more })
      .sign(privateKey);
  const hs256 = `${encode({ alg: 'HS256', kid, typ: 'chorale-token+jwt' })}.${payload}`;
  const forged = [
    `${encode({ alg: 'none', kid, typ: 'chorale-token+jwt' })}.${payload}.`,
    `${hs256}.${createHmac('sha256', String(key!['x'])).update(hs256).digest('base64url')}`,
    await sign({}),
    await sign({ kid: 'other' }),
    `${header}.${encode({ ...decodeJwt(token), scopes: ['tenant.erase'] })}.${signature}`,
    `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
    'not a token',
  ];
  for (const each of forged) expect(await tokens.verify(each, 'chorale-api'), each).toBeUndefined();
  expect(await tokens.verify(token, 'chorale-api')).toEqual(claims);
});
