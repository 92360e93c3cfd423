import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openOpenIdProvider } from '@chorale/adapter-identity';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchOutside } from './fetch-outside.ts';

let server: Server;
let port: number;
let asked: string[];
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.headers.host?.split(':')[0]} ${request.url}`);
    if (request.url === '/away') return void response.writeHead(302, { location: `http://localhost:${port}/` }).end();
    const issuer = `http://127.0.0.1:${port}`;
    const inside = `http://localhost:${port}`;
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/login`,
      token_endpoint: `${inside}/token`,
      jwks_uri: `${inside}/keys`,
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(metadata));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('[CF6] what is not public is reached where the configuration names it, and nowhere else', async () => {
  const url = `http://127.0.0.1:${port}/`;
  expect((await fetchOutside(new Set(['127.0.0.1']))(url)).status).toBe(200);
  await expect(fetchOutside(new Set(['other.example']))(url)).rejects.toMatchObject({ code: 'address-not-allowed' });
  await expect(fetchOutside(new Set(['127.0.0.1']))(`http://localhost:${port}/`)).rejects.toMatchObject({
    code: 'address-not-allowed',
  });
  await expect(fetchOutside(new Set(['127.0.0.1']))(`${url}away`)).rejects.toMatchObject({
    code: 'too-many-redirects',
  });
  expect(asked).toEqual(['127.0.0.1 /', '127.0.0.1 /away']);
});

test('[CF6] a login provider leads this server into no network but the one it was found in', async () => {
  const issuer = `http://127.0.0.1:${port}`;
  const provider = openOpenIdProvider({
    issuer,
    clientId: 'chorale',
    scopes: 'openid',
    groupsClaim: 'groups',
    fetch: fetchOutside(new Set(['127.0.0.1'])),
  });
  const { kept } = await provider.begin(`${issuer}/back`);
  const back = `${issuer}/back?code=x&state=${kept.state}`;
  await expect(provider.finish(back, kept)).rejects.toMatchObject({ code: 'provider-login-invalid' });
  await expect(provider.readLogout('a.b.c')).rejects.toMatchObject({ code: 'provider-logout-invalid' });
  expect(asked.every((one) => one.startsWith('127.0.0.1 /.well-known/'))).toBe(true);
});
