// What whoever asks is and holds: sessions, password.
import { refused } from '@chorale/lib-errors';
import type { UserRecord } from '@chorale/module-access';
import { z } from 'zod';
import { makeTicket } from '../../access/local-owner.ts';
import { networkOf } from '../../access/login-place.ts';
import { readCookies, setCookie } from '../../access/session-cookie.ts';
import { type Caller, refuseLimited } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  accountSchema,
  accountSessionSchema,
  doneSchema,
  passwordChangeSchema,
  ticketSchema,
} from '../schemas/account.ts';
import { pageOf } from '../schemas/fields.ts';
import type { ApiServices } from '../services.ts';
import { accountView, sessionView } from '../views/account-view.ts';

/** Of whoever asks. @throws refused `user-not-found`. */
export async function getOwnUser({ identity }: ApiServices, { tenantId, subject }: Caller): Promise<UserRecord> {
  const user = await identity.users.find(tenantId, subject);
  if (user === undefined) throw refused('user-not-found', `There is no user ${subject}.`);
  return user;
}

const read = defineRoute({
  method: 'GET',
  address: '/v1/account',
  operation: 'getAccount',
  summary: 'Who asks, and what they may do',
  tag: 'account',
  permit: 'account.use',
  responses: { 200: { description: 'Whoever asks.', schema: accountSchema } },
  handle: async ({ caller }, { services: { access, identity } }) => ({
    status: 200,
    body: accountView(access, caller, await identity.users.find(caller.tenantId, caller.subject)),
  }),
});

const ticket = defineRoute({
  method: 'POST',
  address: '/v1/account/tickets',
  operation: 'makeTicket',
  summary: 'Make a ticket that opens the page for whoever asks, once, within ten minutes',
  tag: 'account',
  permit: 'account.use',
  audit: ({ caller }) => ({ on: { kind: 'person', id: caller.subject }, detail: { did: 'ticket' } }),
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'The ticket.', schema: ticketSchema } },
  refusals: ['user-not-found'],
  handle: async ({ caller }, { services }) => {
    refuseLimited(caller);
    return { status: 200, body: { ticket: await makeTicket(services.identity, await getOwnUser(services, caller)) } };
  },
});

const password = defineRoute({
  method: 'POST',
  address: '/v1/account/password',
  operation: 'changePassword',
  summary: 'Choose another password; other sessions end',
  tag: 'account',
  permit: 'account.use',
  record: 'itself',
  body: passwordChangeSchema,
  responses: { 200: { description: 'Chosen.', schema: doneSchema } },
  refusals: ['password-weak', 'login-refused', 'attempts-too-many'],
  handle: async ({ caller, body, request, reply }, { services }) => {
    const { identity, audit } = services;
    const user = await getOwnUser(services, caller);
    const { tenantId, id: userId, name: login } = user;
    // Whoever found an open session may guess no faster than at the door.
    const attempt = await identity.attempts.take({ tenantId, login, address: networkOf(request.ip), device: userId });
    if (!(await identity.passwords.matches(tenantId, userId, body.current)))
      throw await identity.login.refuse({
        tenantId,
        method: 'password',
        reason: 'password-wrong',
        userId,
        address: request.ip,
      });
    await attempt.succeeded();
    const on = { kind: 'person', id: userId };
    await audit.record({ tenantId, who: on, what: 'password.change', on, decision: 'done', requestId: request.id });
    await identity.passwords.set({ tenantId, userId, login, password: body.password });
    await identity.sessions.endAll(tenantId, userId, caller.sessionId ?? '');
    const { session } = readCookies(request, identity.secure);
    const rotated = session === undefined ? undefined : await identity.sessions.rotate(session);
    if (rotated !== undefined)
      setCookie({ request, reply, secure: identity.secure }, 'session', { value: rotated, seconds: sessionSeconds });
    return { status: 200, body: { done: true } };
  },
});

/** The server forgets it earlier. */
const sessionSeconds = 30 * 24 * 3_600;

const listSessions = defineRoute({
  method: 'GET',
  address: '/v1/account/sessions',
  operation: 'listAccountSessions',
  summary: 'List the sessions of whoever asks',
  tag: 'account',
  permit: 'account.use',
  responses: { 200: { description: 'All that are open.', schema: pageOf(accountSessionSchema) } },
  handle: async ({ caller }, { services: { identity } }) => {
    const found = await identity.sessions.list(caller.tenantId, caller.subject);
    return { status: 200, body: { items: found.map((session) => sessionView(session, caller)) } };
  },
});

const endSession = defineRoute({
  method: 'DELETE',
  address: '/v1/account/sessions/{sessionId}',
  operation: 'endAccountSession',
  summary: 'End a session, at once',
  tag: 'account',
  permit: 'account.use',
  path: z.strictObject({ sessionId: z.string().min(1).max(64) }),
  responses: { 204: { description: 'Ended.' } },
  refusals: ['session-not-found'],
  audit: ({ path }) => ({ on: { kind: 'session', id: path.sessionId } }),
  handle: async ({ caller, path }, { services: { identity } }) => {
    if (!(await identity.sessions.end(caller.tenantId, caller.subject, path.sessionId)))
      throw refused('session-not-found', 'There is no such session of yours, or it has ended.');
    return { status: 204 };
  },
});

const endOthers = defineRoute({
  method: 'DELETE',
  address: '/v1/account/sessions',
  operation: 'endOtherAccountSessions',
  summary: 'End all sessions of whoever asks but the one that asks',
  tag: 'account',
  permit: 'account.use',
  responses: { 204: { description: 'Ended.' } },
  audit: ({ caller }) => ({ on: { kind: 'person', id: caller.subject } }),
  handle: async ({ caller }, { services: { identity } }) => {
    await identity.sessions.endAll(caller.tenantId, caller.subject, caller.sessionId ?? '');
    return { status: 204 };
  },
});

export const accountRoutes: readonly Route[] = [read, ticket, password, listSessions, endSession, endOthers];
