// Passkeys: of whoever asks, and as a way in.
import { defaultTenant } from '@chorale/lib-ids';
import { refused } from '@chorale/lib-errors';
import type { PasskeyPlace, PasskeyRecord } from '@chorale/module-access';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { IdentityServices } from '../../access/identity-services.ts';
import { placeOf } from '../../access/login-place.ts';
import { findPasskeyPlace } from '../../access/public-url.ts';
import { refuseLimited, type Caller } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  accountSchema,
  passkeyBegunSchema,
  passkeyLoginSchema,
  passkeyRequestSchema,
  passkeySchema,
} from '../schemas/account.ts';
import { pageOf } from '../schemas/fields.ts';
import { passkeyView } from '../views/account-view.ts';
import type { ApiServices } from '../services.ts';
import { getOwnUser } from './account-routes.ts';
import { answerLogin, findClaimed } from './login-routes.ts';

function getPasskeyPlace(request: FastifyRequest, identity: IdentityServices): PasskeyPlace {
  const place = findPasskeyPlace(request, identity);
  if (place === undefined)
    throw refused('passkeys-need-domain', 'Passkeys belong to a domain, and this page was asked for by an address.', {
      action: 'Open it as http://localhost, or under the name of the server.',
    });
  return place;
}

const freshMs = 15 * 60_000;

/**
 * What opens the account is changed by who has just shown who they are, not by who found a page that was left open.
 * @throws refused `not-permitted`, `login-too-old`.
 */
async function refuseOldLogin({ identity, now }: ApiServices, caller: Caller): Promise<void> {
  refuseLimited(caller);
  if (caller.sessionId === undefined) return;
  const sessions = await identity.sessions.list(caller.tenantId, caller.subject);
  const own = sessions.find(({ id }) => id === caller.sessionId);
  if (own !== undefined && now() - own.body.createdAt < freshMs) return;
  throw refused('login-too-old', 'this login is more than a quarter of an hour old', {
    action: 'log in again: passkeys are added and removed by who has just logged in',
  });
}

const list = defineRoute({
  method: 'GET',
  address: '/v1/account/passkeys',
  operation: 'listPasskeys',
  summary: 'List the passkeys of whoever asks',
  tag: 'account',
  permit: 'account.use',
  responses: { 200: { description: 'All.', schema: pageOf(passkeySchema) } },
  handle: async ({ caller }, { services: { identity } }) => {
    const found: readonly PasskeyRecord[] = await identity.passkeys.list(caller.tenantId, caller.subject);
    return { status: 200, body: { items: found.map(passkeyView) } };
  },
});

const begin = defineRoute({
  method: 'POST',
  address: '/v1/account/passkeys/begin',
  operation: 'beginPasskey',
  summary: 'Begin to add a passkey: what the browser is asked for',
  tag: 'account',
  permit: 'account.use',
  record: 'none',
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'For `navigator.credentials.create`.', schema: passkeyBegunSchema } },
  refusals: ['user-not-found', 'passkeys-need-domain'],
  handle: async ({ caller, request }, { services }) => {
    await refuseOldLogin(services, caller);
    const place = getPasskeyPlace(request, services.identity);
    const user = await getOwnUser(services, caller);
    const { options, token } = await services.identity.passkeys.beginRegistration(user, place);
    return { status: 200, body: { options: options as Record<string, unknown>, token } };
  },
});

const add = defineRoute({
  method: 'POST',
  address: '/v1/account/passkeys',
  operation: 'addPasskey',
  summary: 'Add a passkey: what the browser answered',
  tag: 'account',
  permit: 'account.use',
  record: 'itself',
  body: passkeyRequestSchema,
  responses: { 201: { description: 'Added.', schema: passkeySchema } },
  refusals: ['passkey-invalid', 'passkeys-too-many', 'passkeys-need-domain', 'login-too-old'],
  handle: async ({ caller, body, request }, { services }) => {
    await refuseOldLogin(services, caller);
    const place = getPasskeyPlace(request, services.identity);
    const user = await getOwnUser(services, caller);
    const { token, answer, label } = body;
    const made = await services.identity.passkeys.register(user, label, { token, answer, place });
    return { status: 201, body: passkeyView(made) };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  address: '/v1/account/passkeys/{passkeyId}',
  operation: 'removePasskey',
  summary: 'Remove a passkey',
  tag: 'account',
  permit: 'account.use',
  record: 'itself',
  path: z.strictObject({ passkeyId: z.string().min(1).max(512) }),
  responses: { 204: { description: 'It opens nothing any more.' } },
  refusals: ['passkey-not-found', 'login-too-old'],
  handle: async ({ caller, path }, { services }) => {
    await refuseOldLogin(services, caller);
    const user = await getOwnUser(services, caller);
    if (!(await services.identity.passkeys.remove(user, path.passkeyId)))
      throw refused('passkey-not-found', 'There is no such passkey of yours.');
    return { status: 204 };
  },
});

const beginLogin = defineRoute({
  method: 'POST',
  address: '/v1/login/passkey/begin',
  operation: 'beginPasskeyLogin',
  summary: 'Begin to log in with a passkey: what the browser is asked for',
  tag: 'account',
  permit: 'public',
  record: 'none',
  body: z.strictObject({ tenant: z.string().min(1).max(64).exactOptional() }),
  bodyOptional: true,
  responses: { 200: { description: 'For `navigator.credentials.get`.', schema: passkeyBegunSchema } },
  refusals: ['passkeys-need-domain'],
  handle: async ({ body: { tenant }, request }, { services }) => {
    const { identity } = services;
    const { tenantId } = await findClaimed(services, { login: '', ...(tenant === undefined ? {} : { tenant }) });
    const { options, token } = await identity.passkeys.beginLogin(tenantId, getPasskeyPlace(request, identity));
    return { status: 200, body: { options: options as Record<string, unknown>, token } };
  },
});

const logIn = defineRoute({
  method: 'POST',
  address: '/v1/login/passkey',
  operation: 'logInWithPasskey',
  summary: 'Log in with a passkey: what the browser answered',
  tag: 'account',
  permit: 'public',
  record: 'itself',
  body: passkeyLoginSchema,
  responses: { 200: { description: 'Logged in; the session is a cookie.', schema: accountSchema } },
  refusals: ['login-refused', 'passkeys-need-domain'],
  handle: async ({ body, ...asking }, context) => {
    const { identity } = context.services;
    const { request } = asking;
    const place = placeOf(request, identity);
    const proven = await identity.passkeys.prove({ ...body, place: getPasskeyPlace(request, identity) });
    const user = proven === undefined ? undefined : await identity.users.find(proven.tenantId, proven.userId);
    if (user === undefined) {
      const refusal = { tenantId: defaultTenant, method: 'passkey' as const, reason: 'passkey-invalid' };
      throw await identity.login.refuse({ ...refusal, address: place.address });
    }
    return answerLogin(asking, context, await identity.login.vouched({ user, method: 'passkey', ...place }));
  },
});

export const passkeyRoutes: readonly Route[] = [list, begin, add, remove, beginLogin, logIn];
