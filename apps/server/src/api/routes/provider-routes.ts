// Logging in at a provider: there, back again, and, when it says so, out.
//
// What ties the way back to the browser that went there is a cookie with the login that was begun. It is SameSite=Lax, because
// the provider's page sends the browser; the session's own cookie is set when it is back.
import { refused } from '@chorale/lib-errors';
import type { BegunLogin } from '@chorale/module-access';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ConfiguredProvider, IdentityServices } from '../../access/identity-services.ts';
import { keepLogin, placeOf } from '../../access/login-place.ts';
import { publicUrlOf } from '../../access/public-url.ts';
import { readCookies, setCookie } from '../../access/session-cookie.ts';
import { defineRoute, type Route } from '../route.ts';
import type { ApiServices } from '../services.ts';

const purpose = 'provider';
const lifeMs = 10 * 60_000;
const path = z.strictObject({ provider: z.string().min(1).max(64) });

function getProvider({ providers }: IdentityServices, name: string): ConfiguredProvider {
  const found = providers.find((provider) => provider.name === name);
  if (found === undefined) throw refused('provider-unknown', 'There is no such login provider.');
  return found;
}

function callbackUrl(request: FastifyRequest, identity: IdentityServices, name: string): string {
  return `${publicUrlOf(request, identity)}/v1/login/providers/${name}/callback`;
}

const begin = defineRoute({
  method: 'GET',
  address: '/v1/login/providers/{provider}',
  operation: 'beginProviderLogin',
  summary: 'Go to a login provider',
  tag: 'account',
  permit: 'public',
  path,
  responses: { 303: { description: 'To the provider.', headers: { location: 'Where to.' } } },
  refusals: ['provider-unknown', 'provider-unreachable'],
  handle: async ({ path: { provider: name }, request, reply }, { services: { identity } }) => {
    const { provider, rules } = getProvider(identity, name);
    const { url, kept } = await provider.begin(callbackUrl(request, identity, name));
    const token = await identity.flows.begin({ tenantId: rules.tenantId, purpose, data: { name, ...kept }, lifeMs });
    setCookie({ request, reply, secure: identity.secure }, 'login', { value: token, seconds: lifeMs / 1_000 });
    return { status: 303, headers: { location: url } };
  },
});

const finish = defineRoute({
  method: 'GET',
  address: '/v1/login/providers/{provider}/callback',
  operation: 'finishProviderLogin',
  summary: 'Come back from a login provider',
  tag: 'account',
  permit: 'public',
  path,
  query: z.looseObject({}),
  responses: { 303: { description: 'To the page.', headers: { location: 'Where to.' } } },
  refusals: ['provider-unknown'],
  handle: async ({ path: { provider: name }, request, reply }, { services }) => {
    const { identity } = services;
    const configured = getProvider(identity, name);
    const token = readCookies(request, identity.secure).login;
    setCookie({ request, reply, secure: identity.secure }, 'login', { value: '', seconds: 0 });
    try {
      await logIn(services, { configured, request, reply, token });
    } catch (error) {
      services.log({ ...entry, level: 'error', requestId: request.id, message: 'a login at a provider failed', error });
      const { code } = error as { readonly code?: unknown };
      return { status: 303, headers: { location: `/#failed=${typeof code === 'string' ? code : 'internal'}` } };
    }
    return { status: 303, headers: { location: '/' } };
  },
});

const entry = { method: 'GET', route: '/v1/login/providers/{provider}/callback', status: 303, durationMs: 0 } as const;

interface ComingBack {
  readonly configured: ConfiguredProvider;
  readonly request: FastifyRequest;
  readonly reply: Parameters<typeof keepLogin>[0]['reply'];
  readonly token: string | undefined;
}

async function logIn({ identity }: ApiServices, { configured, request, reply, token }: ComingBack): Promise<void> {
  const { name, provider, rules } = configured;
  const place = placeOf(request, identity);
  const taken = token === undefined ? undefined : await identity.flows.take(purpose, token);
  if (taken === undefined || taken.data['name'] !== name)
    throw refused('ticket-invalid', 'This browser began no such login, or it has ended.', { action: 'Begin again.' });
  const url = `${callbackUrl(request, identity, name)}${new URL(request.url, 'http://here').search}`;
  try {
    const proven = await provider.finish(url, taken.data as unknown as BegunLogin);
    const user = await identity.providerUsers.userOf(proven, rules);
    const { issuer, subject, sessionId } = proven;
    const vouching = { issuer, subject, ...(sessionId === undefined ? {} : { sessionId }) };
    keepLogin(
      { request, reply },
      identity,
      await identity.login.vouched({ user, method: 'oidc', provider: vouching, ...place }),
    );
  } catch (error) {
    const { code = 'internal' } = error as { readonly code?: string };
    const refusal = { tenantId: rules.tenantId, method: 'oidc' as const, reason: code, address: place.address };
    await identity.login.refuse(refusal);
    throw error;
  }
}

export const providerRoutes: readonly Route[] = [begin, finish];

const logoutAddress = '/v1/login/providers/:provider/logout';
const formBytesMax = 16_384;

/** Back-channel logout: a form, from the provider's own machine. */
export function registerProviderLogout(api: FastifyInstance, { identity, audit }: ApiServices): void {
  void api.register(async (scope) => {
    const form = 'application/x-www-form-urlencoded';
    scope.addContentTypeParser(
      form,
      { parseAs: 'string', bodyLimit: formBytesMax },
      async (_request: FastifyRequest, body: string) => new URLSearchParams(body),
    );
    scope.post(logoutAddress, async (request, reply) => {
      const { provider: name } = request.params as { readonly provider: string };
      const { provider, rules } = getProvider(identity, name);
      const token = request.body instanceof URLSearchParams ? request.body.get('logout_token') : null;
      if (token === null) throw refused('provider-logout-invalid', 'The form has no logout_token.');
      const { issuer, subject, sessionId, tokenId, expiresAt } = await provider.readLogout(token);
      const { tenantId } = rules;
      const lifeMs = Math.max(60_000, expiresAt - Date.now() + 60_000);
      if (!(await identity.flows.isFirst(tenantId, `logout ${issuer} ${tokenId}`, lifeMs)))
        throw refused('provider-logout-invalid', 'That logout token was used before.');
      const userId =
        subject === undefined ? undefined : await identity.providerUsers.findLinked(tenantId, issuer, subject);
      const ended = await identity.sessions.endOfProvider(tenantId, {
        issuer,
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(userId === undefined ? {} : { userId }),
      });
      const on = { kind: 'person', id: userId ?? 'unknown' };
      const who = { kind: 'system', id: 'login-provider' };
      const detail = { sessions: ended, provider: name };
      await audit.record({ tenantId, who, what: 'session.end', on, decision: 'done', requestId: request.id, detail });
      return reply.code(200).header('cache-control', 'no-store').send();
    });
  });
}

/** As the table of methods has it. */
export const providerLogoutAddress = { method: 'POST', address: '/v1/login/providers/{provider}/logout' } as const;
