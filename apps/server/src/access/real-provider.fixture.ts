// A real OpenID provider (oidc-provider), on a port of this machine, and a browser's part of logging in at it.
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
// @ts-expect-error It has no types of its own.
import { Provider } from 'oidc-provider';

export interface RealProvider {
  readonly issuer: string;
  /** What is said of whom; by the name they log in with. */
  readonly people: Map<string, Record<string, unknown>>;
  /** From our address that goes there, to where the browser is sent back. */
  logIn(url: string, name: string): Promise<string>;
  /** Ends the session there, of the browser that logged in last; it tells its clients. */
  logOut(): Promise<void>;
  close(): Promise<void>;
}

export const client = { client_id: 'chorale', client_secret: 'a secret of this test alone, long enough' };

/** `callback`: where browsers come back to; `logout`: where it tells that a session has ended. */
export async function openRealProvider(callback: string, logout: string): Promise<RealProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people = new Map<string, Record<string, unknown>>();
  const provider = new Provider(issuer, {
    clients: [
      {
        ...client,
        redirect_uris: [callback],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        backchannel_logout_uri: logout,
        backchannel_logout_session_required: true,
      },
    ],
    claims: { openid: ['sub', 'sid', 'preferred_username', 'name', 'groups'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
    cookies: { keys: ['of this test'] },
    // By itself it tells nobody on an address of this machine.
    fetch: (url: string, { dispatcher: _none, ...options }: RequestInit & { readonly dispatcher: unknown }) =>
      fetch(url, options),
    async findAccount(_context: unknown, sub: string) {
      return { accountId: sub, claims: async () => ({ sub, ...people.get(sub) }) };
    },
  });
  server.on('request', provider.callback());
  const jar = new Map<string, string>();
  const visit = (url: string, form?: Record<string, string>): Promise<Response> => visitWith(jar, url, form);
  return {
    issuer,
    people,
    async logIn(url, name) {
      jar.clear();
      let at = url;
      for (let steps = 0; steps < 20; steps++) {
        if (!at.startsWith(issuer)) return at;
        const response = await visit(at);
        const location = response.headers.get('location');
        if (location !== null) {
          at = new URL(location, at).href;
          continue;
        }
        const page = await response.text();
        const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
        const form = prompt === 'login' ? { prompt, login: name, password: 'any' } : { prompt };
        const answer = await visit(new URL(/<form[^>]* action="([^"]+)"/.exec(page)?.[1] ?? '', at).href, form);
        at = new URL(answer.headers.get('location') ?? '', at).href;
      }
      throw new Error(`the provider leads nowhere: ${at}`);
    },
    async logOut() {
      const page = await (await visit(`${issuer}/session/end`)).text();
      const secret = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
      await visit(`${issuer}/session/end/confirm`, { xsrf: secret, logout: 'yes' });
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

async function visitWith(jar: Map<string, string>, url: string, form?: Record<string, string>): Promise<Response> {
  const response = await fetch(url, {
    redirect: 'manual',
    method: form === undefined ? 'GET' : 'POST',
    headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}
