// The members of a tenant, for who manages them.
//
// Invariants: MR1 nobody who is not an owner makes an owner, changes one or lets one in; nor does anybody with other roles that
//                 permit more than they, or the scopes of their key, do.
import { refused } from '@chorale/lib-errors';
import type { UserChange, UserRecord } from '@chorale/module-access';
import { z } from 'zod';
import { actBy } from '../../audit/act-by.ts';
import { resetPassword } from '../../access/local-owner.ts';
import { type Caller, localKeyId, localOwner } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  invitationSchema,
  memberChangeSchema,
  memberRequestSchema,
  memberSchema,
  newMemberSchema,
  ownerPasswordSchema,
  userId,
} from '../schemas/account.ts';
import { refuseWiderRoles, requireKnownRoles, withoutScopes } from '../refuse-wider-roles.ts';
import { cursor, limit, pageOf } from '../schemas/fields.ts';
import type { ApiServices } from '../services.ts';
import { memberView } from '../views/account-view.ts';

const invitationLifeMs = 3 * 24 * 3_600_000;
const limitDefault = 100;
const path = z.strictObject({ userId });
const shared = { tag: 'account', permit: 'member.manage' } as const;
const onUser = ({ path: { userId: id } }: { readonly path: { readonly userId: string } }) => ({
  on: { kind: 'user', id },
});

async function getMember({ identity, access }: ApiServices, caller: Caller, id: string): Promise<UserRecord> {
  const { tenantId } = caller;
  const user = await identity.users.find(tenantId, id);
  if (user === undefined) throw refused('user-not-found', `There is no member ${id}.`);
  refuseWiderRoles(access, withoutScopes(caller), await identity.groups.rolesOf(tenantId, id, user.body));
  return user;
}

const invite = ({ identity }: ApiServices, { tenantId, id }: UserRecord): Promise<string> =>
  identity.flows.begin({ tenantId, purpose: 'invitation', data: { userId: id }, lifeMs: invitationLifeMs, userId: id });

const list = defineRoute({
  method: 'GET',
  address: '/v1/members',
  operation: 'listMembers',
  summary: 'List people and service accounts',
  tag: 'account',
  permit: 'member.read',
  query: z.strictObject({ limit, after: cursor }),
  responses: { 200: { description: 'By id.', schema: pageOf(memberSchema) } },
  handle: async ({ caller, query }, { services: { identity } }) => {
    const { limit: most = limitDefault, after } = query;
    const found = await identity.users.list(caller.tenantId, {
      limit: most + 1,
      ...(after === undefined ? {} : { after }),
    });
    const items = await Promise.all(found.slice(0, most).map((user) => memberView(identity, user)));
    const last = found[most - 1];
    return { status: 200, body: found.length > most && last !== undefined ? { items, next: last.id } : { items } };
  },
});

const add = defineRoute({
  ...shared,
  method: 'POST',
  address: '/v1/members',
  operation: 'addMember',
  summary: 'Add a person, who gets an invitation, or a service account',
  body: memberRequestSchema,
  responses: { 201: { description: 'Added.', schema: newMemberSchema } },
  refusals: ['login-taken', 'login-invalid', 'role-unknown', 'project-not-found'],
  audit: ({ body }) => ({ on: { kind: body.kind, id: 'new' }, detail: { roles: body.roles.join(' ') } }),
  handle: async ({ caller, body, request }, { services }) => {
    refuseWiderRoles(services.access, caller, body.roles);
    await requireKnownRoles(services.access, caller.tenantId, body.roles);
    const { tenantId, who: by } = actBy({ caller, request });
    const { login, displayName = login, kind, roles } = body;
    const user = await services.identity.users.add({ tenantId, login, displayName, kind, roles, source: 'local', by });
    const member = await memberView(services.identity, user);
    return { status: 201, body: kind === 'service' ? member : { ...member, invitation: await invite(services, user) } };
  },
});

const change = defineRoute({
  ...shared,
  method: 'POST',
  address: '/v1/members/{userId}',
  operation: 'changeMember',
  summary: 'Change the name or the roles of a member, or switch one off or on',
  description: 'Who comes to other roles logs in again. Who is switched off has no session and no key from then on.',
  path,
  body: memberChangeSchema,
  responses: { 200: { description: 'As it is now.', schema: memberSchema } },
  refusals: ['user-not-found', 'last-owner', 'role-unknown', 'project-not-found'],
  audit: onUser,
  handle: async ({ caller, path: { userId: id }, body, request }, { services }) => {
    const user = await getMember(services, caller, id);
    refuseWiderRoles(services.access, caller, body.roles ?? []);
    await requireKnownRoles(services.access, caller.tenantId, body.roles ?? []);
    const changed: UserChange = body;
    const { tenantId, who: by } = actBy({ caller, request });
    const after = await services.identity.users.change({ tenantId, userId: user.id, change: changed, by });
    return { status: 200, body: await memberView(services.identity, after) };
  },
});

const remove = defineRoute({
  ...shared,
  method: 'DELETE',
  address: '/v1/members/{userId}',
  operation: 'removeMember',
  summary: 'Remove a member, with sessions and keys',
  path,
  responses: { 204: { description: 'Removed.' } },
  refusals: ['user-not-found', 'last-owner'],
  audit: onUser,
  handle: async ({ caller, path: { userId: id }, request }, { services }) => {
    const user = await getMember(services, caller, id);
    const { tenantId, who: by } = actBy({ caller, request });
    await services.identity.users.remove({ tenantId, userId: user.id, by });
    return { status: 204 };
  },
});

const inviteAgain = defineRoute({
  ...shared,
  method: 'POST',
  address: '/v1/members/{userId}/invitation',
  operation: 'inviteMember',
  summary: 'Invite a person to choose a new password',
  path,
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'Good for three days, once.', schema: invitationSchema } },
  refusals: ['user-not-found'],
  audit: onUser,
  handle: async ({ caller, path: { userId: id } }, { services }) => {
    const user = await getMember(services, caller, id);
    if (user.body.kind !== 'person') throw refused('user-not-found', `${id} is no person.`);
    // Whoever accepts it comes in as that person.
    const roles = await services.identity.groups.rolesOf(user.tenantId, user.id, user.body);
    refuseWiderRoles(services.access, caller, roles);
    return { status: 200, body: { invitation: await invite(services, user) } };
  },
});

const resetOwner = defineRoute({
  ...shared,
  method: 'POST',
  address: '/v1/owner/password',
  operation: 'resetOwnerPassword',
  summary: 'Give the first owner a new password, from the machine of the server alone',
  description:
    'For who lost it: the key in the data directory proves that whoever asks may read what the server keeps.',
  body: z.strictObject({}),
  bodyOptional: true,
  responses: {
    200: { description: 'Shown this once; sessions of the owner have ended.', schema: ownerPasswordSchema },
  },
  audit: () => ({ on: { kind: 'person', id: localOwner } }),
  handle: async ({ caller }, { services: { identity } }) => {
    if (caller.keyId !== localKeyId)
      throw refused('local-key-needed', 'only the key of the machine of the server resets the owner', {
        action: 'run `chorale access owner reset` where the server runs',
      });
    return { status: 200, body: await resetPassword(identity) };
  },
});

const endSessions = defineRoute({
  ...shared,
  method: 'DELETE',
  address: '/v1/members/{userId}/sessions',
  operation: 'endMemberSessions',
  summary: 'End all sessions of a member, at once',
  path,
  responses: { 204: { description: 'Ended.' } },
  refusals: ['user-not-found'],
  audit: onUser,
  handle: async ({ caller, path: { userId: id } }, { services }) => {
    const user = await getMember(services, caller, id);
    await services.identity.sessions.endAll(caller.tenantId, user.id);
    return { status: 204 };
  },
});

export const memberRoutes: readonly Route[] = [list, add, change, remove, inviteAgain, endSessions, resetOwner];
