// How somebody comes in, and goes out again.
import { defaultTenant, type TenantId } from '@chorale/lib-ids';
import { refused } from '@chorale/lib-errors';
import { operations, type LoggedIn } from '@chorale/module-access';
import type { IdentityServices } from '../../access/identity-services.ts';
import { keepLogin, placeOf } from '../../access/login-place.ts';
import { findPasskeyPlace } from '../../access/public-url.ts';
import { readCookies, setCookie } from '../../access/session-cookie.ts';
import { type Caller, mayDoSomewhere } from '../caller.ts';
import { type ApiContext, defineRoute, type Input, type Route } from '../route.ts';
import type { ApiServices } from '../services.ts';
import {
  accountSchema,
  invitationLoginSchema,
  keyLoginSchema,
  loginChoicesSchema,
  newAccountKeySchema,
  passwordLoginSchema,
  ticketSchema,
} from '../schemas/account.ts';
import { accountView, keyView } from '../views/account-view.ts';

type Asking = Pick<Input<unknown, unknown, unknown, unknown>, 'request' | 'reply'>;

const loggedIn = { 200: { description: 'Logged in; the session is a cookie.', schema: accountSchema } };

/** The cookies and the answer. */
export async function answerLogin(asking: Asking, { services }: ApiContext, login: LoggedIn) {
  const { identity, access } = services;
  keepLogin(asking, identity, login);
  const { tenantId, id, body } = login.user;
  const roles = await identity.groups.rolesOf(tenantId, id, body);
  const caller: Caller = { tenantId, subject: id, roles, kind: 'person', sessionId: login.sessionId };
  return { status: 200, body: accountView(access, caller, login.user) };
}

const choices = defineRoute({
  method: 'GET',
  address: '/v1/login',
  operation: 'getLoginChoices',
  summary: 'How one can log in here',
  tag: 'account',
  permit: 'public',
  responses: { 200: { description: 'Besides a password.', schema: loginChoicesSchema } },
  handle: async ({ request }, { services: { identity } }) => ({
    status: 200,
    body: {
      passwords: identity.passwordsOpen,
      passkeys: findPasskeyPlace(request, identity) !== undefined,
      providers: identity.providers.map(({ name, label }) => ({ name, label })),
    },
  }),
});

/** @throws refused `passwords-closed`. */
function requireOpen({ passwordsOpen }: IdentityServices): void {
  if (!passwordsOpen)
    throw refused('passwords-closed', 'A password alone opens nothing here.', {
      action: 'Log in with a passkey or at a login provider. On the machine of the server: chorale access ticket',
    });
}

interface Claimed {
  readonly login: string;
  readonly tenant?: string;
}

/** Whoever is claimed to be of a tenant that is not there is nobody's name here: attempts leave no rows and no log of it. */
export async function findClaimed(
  { tenants }: Pick<ApiServices, 'tenants'>,
  { login, tenant = defaultTenant }: Claimed,
): Promise<{ readonly tenantId: TenantId; readonly login: string }> {
  const tenantId = tenant as TenantId;
  if ((await tenants.find(tenantId)) !== undefined) return { tenantId, login };
  // No name has a space in it.
  return { tenantId: defaultTenant, login: `${login} of ${tenant}` };
}

const byPassword = defineRoute({
  method: 'POST',
  address: '/v1/login/password',
  operation: 'logIn',
  summary: 'Log in with a password',
  tag: 'account',
  permit: 'public',
  record: 'itself',
  body: passwordLoginSchema,
  responses: loggedIn,
  refusals: ['login-refused', 'attempts-too-many', 'passwords-closed'],
  handle: async ({ body, ...asking }, context) => {
    const { identity } = context.services;
    requireOpen(identity);
    const { password } = body;
    const { tenantId, login } = await findClaimed(context.services, body);
    const place = placeOf(asking.request, identity);
    return answerLogin(asking, context, await identity.login.byPassword({ tenantId, login, password, ...place }));
  },
});

const dayMs = 24 * 3_600_000;

const forKey = defineRoute({
  method: 'POST',
  address: '/v1/login/key',
  operation: 'logInForKey',
  summary: 'Get an API key for a password: how a command line logs in',
  tag: 'account',
  permit: 'public',
  record: 'itself',
  body: keyLoginSchema,
  responses: { 201: { description: 'Shown this once.', schema: newAccountKeySchema } },
  refusals: ['login-refused', 'attempts-too-many', 'passwords-closed', 'keys-too-many'],
  handle: async ({ body, request }, { services }) => {
    const { identity, access } = services;
    requireOpen(identity);
    const { password, label, days } = body;
    const { tenantId, login } = await findClaimed(services, body);
    const user = await identity.login.prove({ tenantId, login, password, ...placeOf(request, identity) });
    const roles = await identity.groups.rolesOf(tenantId, user.id, user.body);
    const caller: Caller = { tenantId, subject: user.id, roles, kind: 'person' };
    const scopes = operations.filter((operation) => mayDoSomewhere(access, caller, operation));
    const by = { kind: 'person', id: user.id };
    const made = await identity.keys.make({ tenantId, userId: user.id, label, scopes, lifeMs: days * dayMs, by });
    return { status: 201, body: { ...keyView(made.record), key: made.token } };
  },
});

const byTicket = defineRoute({
  method: 'POST',
  address: '/v1/login/ticket',
  operation: 'redeemTicket',
  summary: 'Log in with the ticket that the address of the page carried',
  tag: 'account',
  permit: 'public',
  record: 'itself',
  body: ticketSchema,
  responses: loggedIn,
  refusals: ['ticket-invalid'],
  handle: async ({ body, ...asking }, context) => {
    const { identity } = context.services;
    const taken = await identity.flows.take('ticket', body.ticket);
    const user =
      taken === undefined ? undefined : await identity.users.find(taken.tenantId, String(taken.data['userId']));
    if (user === undefined) throw ticketInvalid();
    const place = placeOf(asking.request, identity);
    return answerLogin(asking, context, await identity.login.vouched({ user, method: 'ticket', ...place }));
  },
});

const byInvitation = defineRoute({
  method: 'POST',
  address: '/v1/login/invitation',
  operation: 'acceptInvitation',
  summary: 'Choose a password with an invitation, and log in',
  tag: 'account',
  permit: 'public',
  record: 'itself',
  body: invitationLoginSchema,
  responses: loggedIn,
  refusals: ['ticket-invalid', 'password-weak'],
  handle: async ({ body, ...asking }, context) => {
    const { identity } = context.services;
    const { password, invitation } = body;
    // Judged first: a password that is refused does not use the invitation up.
    const found = await identity.flows.look('invitation', invitation);
    const user =
      found === undefined ? undefined : await identity.users.find(found.tenantId, String(found.data['userId']));
    if (user === undefined) throw ticketInvalid();
    await identity.passwords.judge(password, user.name);
    if ((await identity.flows.take('invitation', invitation)) === undefined) throw ticketInvalid();
    const { tenantId, id } = user;
    await identity.passwords.set({ tenantId, userId: id, login: user.name, password });
    await identity.sessions.endAll(tenantId, id);
    const place = placeOf(asking.request, identity);
    return answerLogin(asking, context, await identity.login.vouched({ user, method: 'ticket', ...place }));
  },
});

function ticketInvalid(): Error {
  return refused('ticket-invalid', 'That was used already, or its time is over.', {
    action: 'Ask for a new one. On the machine of the server: chorale access ticket',
  });
}

const logOut = defineRoute({
  method: 'DELETE',
  address: '/v1/login',
  operation: 'logOut',
  summary: 'End the session that asks',
  tag: 'account',
  permit: 'public',
  record: 'itself',
  responses: { 204: { description: 'There is no session any more.' } },
  handle: async ({ request, reply }, { services: { identity, audit } }) => {
    const { session } = readCookies(request, identity.secure);
    const found = session === undefined ? undefined : await identity.sessions.find(session);
    if (found !== undefined) {
      const { tenantId, userId, id } = found;
      const person = { kind: 'person', id: userId };
      await audit.record({
        tenantId,
        who: person,
        what: 'session.end',
        on: person,
        decision: 'done',
        requestId: request.id,
      });
      await identity.sessions.end(tenantId, userId, id);
    }
    setCookie({ request, reply, secure: identity.secure }, 'session', { value: '', seconds: 0 });
    return { status: 204 };
  },
});

export const loginRoutes: readonly Route[] = [choices, byPassword, forKey, byTicket, byInvitation, logOut];
