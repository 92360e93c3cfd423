// API keys: of whoever asks, and, for who manages members, of service accounts.
import { refused } from '@chorale/lib-errors';
import type { ProjectId } from '@chorale/lib-ids';
import {
  keyNotFound,
  operations,
  projectNotFound,
  projectOperations,
  type KeyRecord,
  type MadeKey,
  type Operation,
  type UserRecord,
} from '@chorale/module-access';
import { z } from 'zod';
import { type Caller, mayDoIn, mayDoSomewhere, refuseToken } from '../caller.ts';
import { refuseWiderRoles, withoutScopes } from '../refuse-wider-roles.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  accountKeySchema,
  keyRequestSchema,
  keyRotationSchema,
  newAccountKeySchema,
  userId,
} from '../schemas/account.ts';
import { pageOf } from '../schemas/fields.ts';
import type { ApiServices } from '../services.ts';
import { keyView } from '../views/account-view.ts';
import { getOwnUser } from './account-routes.ts';

const dayMs = 24 * 3_600_000;
const hourMs = 3_600_000;
const keyId = z.string().min(1).max(64);

/** Whose keys a route is about. */
interface Holder {
  readonly address: string;
  readonly permit: Operation;
  readonly suffix: string;
  readonly path: Record<string, z.ZodType>;
  readonly whose: string;
  find(this: void, services: ApiServices, caller: Caller, userId: string): Promise<UserRecord>;
}

const own: Holder = {
  address: '/v1/account/keys',
  permit: 'account.use',
  suffix: 'Key',
  path: {},
  whose: 'of whoever asks',
  find: getOwnUser,
};

const ofService: Holder = {
  address: '/v1/members/{userId}/keys',
  permit: 'member.manage',
  suffix: 'MemberKey',
  path: { userId },
  whose: 'of a service account',
  async find({ identity, access }, caller, wanted) {
    const { tenantId } = caller;
    const user = await identity.users.find(tenantId, wanted);
    // People make their own: a key made by somebody else would act in their name.
    if (user?.body.kind !== 'service') throw refused('user-not-found', `There is no service account ${wanted}.`);
    // Whoever holds a key of it may do what it may. Scopes are compared with scopes.
    refuseWiderRoles(access, withoutScopes(caller), await identity.groups.rolesOf(tenantId, user.id, user.body));
    return user;
  },
};

type Given = Record<string, unknown>;

const actor = ({ kind, subject }: Caller) => ({ kind, id: subject });
const textOf = (path: unknown, name: 'userId' | 'keyId'): string => {
  const value = ((path ?? {}) as Given)[name];
  return typeof value === 'string' ? value : '';
};
const onKey = ({ path }: { readonly path: unknown }) => ({ on: { kind: 'key', id: textOf(path, 'keyId') } });

/** Who asks with a key for one project sees those for it and no other: one in another's place would be a way out. */
function isInReach({ boundTo }: Caller, { body }: KeyRecord): boolean {
  return boundTo === undefined || body.projectId === boundTo;
}

async function getKey(services: ApiServices, { user, caller }: Holding, path: unknown): Promise<KeyRecord> {
  const wanted = textOf(path, 'keyId');
  const found = await services.identity.keys.get(user.tenantId, wanted);
  if (found?.userId !== user.id || !isInReach(caller, found)) throw keyNotFound(wanted);
  return found;
}

const list = ({ address, permit, suffix, whose, path, find }: Holder): Route =>
  defineRoute({
    tag: 'account',
    permit,
    method: 'GET',
    address,
    operation: `list${suffix}s`,
    summary: `List the API keys ${whose}`,
    path: z.strictObject(path),
    responses: { 200: { description: 'All that count.', schema: pageOf(accountKeySchema) } },
    handle: async (input, { services }) => {
      const user = await find(services, input.caller, textOf(input.path, 'userId'));
      const all = await services.identity.keys.list(user.tenantId, user.id);
      return { status: 200, body: { items: all.filter((key) => isInReach(input.caller, key)).map(keyView) } };
    },
  });

const make = ({ address, permit, suffix, whose, path, find }: Holder): Route =>
  defineRoute({
    tag: 'account',
    permit,
    method: 'POST',
    address,
    operation: `make${suffix}`,
    summary: `Make an API key ${whose}`,
    path: z.strictObject(path),
    body: keyRequestSchema,
    responses: { 201: { description: 'Shown this once.', schema: newAccountKeySchema } },
    refusals: ['keys-too-many', 'user-not-found', 'project-not-found'],
    audit: (input) => ({ on: { kind: 'user', id: textOf(input.path, 'userId') || input.caller.subject } }),
    handle: async ({ caller, body, ...input }, { services }) => {
      refuseToken(caller);
      const user = await find(services, caller, textOf(input.path, 'userId'));
      const { label, days } = body;
      const boundTo = await projectOfKey(services, { caller, user }, body.projectId);
      const scopes = await scopesOf(services, { caller, user, asked: body.scopes, boundTo });
      const of = { tenantId: user.tenantId, userId: user.id, projectId: boundTo };
      const key = { ...of, label, scopes, lifeMs: days * dayMs, by: actor(caller) };
      return { status: 201, body: madeView(await services.identity.keys.make(key)) };
    },
  });

const rotate = ({ address, permit, suffix, whose, path, find }: Holder): Route =>
  defineRoute({
    tag: 'account',
    permit,
    method: 'POST',
    address: `${address}/{keyId}/rotate`,
    operation: `rotate${suffix}`,
    summary: `Make a key in place of another ${whose}`,
    path: z.strictObject({ ...path, keyId }),
    body: keyRotationSchema,
    bodyOptional: true,
    responses: { 201: { description: 'Shown this once.', schema: newAccountKeySchema } },
    refusals: ['api-key-not-found'],
    audit: onKey,
    handle: async ({ caller, body, ...input }, { services }) => {
      refuseToken(caller);
      const user = await find(services, caller, textOf(input.path, 'userId'));
      const { tenantId, id, body: before } = await getKey(services, { user, caller }, input.path);
      refuseWider(caller, before.scopes);
      const change = { overlapMs: body.overlapHours * hourMs, by: actor(caller) };
      return { status: 201, body: madeView(await services.identity.keys.rotate(tenantId, id, change)) };
    },
  });

const revoke = ({ address, permit, suffix, whose, path, find }: Holder): Route =>
  defineRoute({
    tag: 'account',
    permit,
    method: 'DELETE',
    address: `${address}/{keyId}`,
    operation: `revoke${suffix}`,
    summary: `Revoke an API key ${whose}, at once`,
    path: z.strictObject({ ...path, keyId }),
    responses: { 204: { description: 'It counts no longer.' } },
    refusals: ['api-key-not-found'],
    audit: onKey,
    handle: async ({ caller, ...input }, { services }) => {
      const user = await find(services, caller, textOf(input.path, 'userId'));
      const { tenantId, id } = await getKey(services, { user, caller }, input.path);
      await services.identity.keys.revoke(tenantId, id, actor(caller));
      return { status: 204 };
    },
  });

function madeView({ token, record }: MadeKey) {
  return { ...keyView(record), key: token };
}

interface Holding {
  readonly caller: Caller;
  readonly user: UserRecord;
}

/** Of a key for one project come keys for that project alone. @throws refused `not-permitted`, `project-not-found`. */
async function projectOfKey(
  { access, identity }: ApiServices,
  { caller, user }: Holding,
  asked: string | undefined,
): Promise<ProjectId | undefined> {
  const wanted = asked ?? caller.boundTo;
  if (wanted === undefined) return undefined;
  if (caller.boundTo !== undefined && wanted !== caller.boundTo)
    throw refused('not-permitted', `this key is for the project ${caller.boundTo}, and so makes none for another`, {
      action: 'log in, or use a key that is for that project',
    });
  const found = await access.projects.find(user.tenantId, wanted);
  const roles = await identity.groups.rolesOf(user.tenantId, user.id, user.body);
  const holder: Caller = { tenantId: user.tenantId, subject: user.id, roles, kind: 'key' };
  // One in which its holder may do nothing is not there for them.
  if (found === undefined || !projectOperations.some((each) => mayDoIn(access, holder, { ...found, operation: each })))
    throw projectNotFound(wanted);
  return found.projectId;
}

interface Scoping extends Holding {
  readonly boundTo: ProjectId | undefined;
  readonly asked: readonly Operation[] | undefined;
}

/** Without scopes named: what the user's roles permit now. */
async function scopesOf(
  { access, identity }: ApiServices,
  { caller, user, asked, boundTo }: Scoping,
): Promise<readonly Operation[]> {
  const roles = await identity.groups.rolesOf(user.tenantId, user.id, user.body);
  const holder: Caller = { tenantId: user.tenantId, subject: user.id, roles, kind: 'key', boundTo };
  const scopes = asked ?? operations.filter((operation) => mayDoSomewhere(access, holder, operation));
  refuseWider(caller, scopes);
  return scopes;
}

/** A key that is for something makes none that is for more. */
function refuseWider({ scopes }: Caller, wanted: readonly string[]): void {
  const wider = scopes === undefined ? undefined : wanted.find((scope) => !scopes.includes(scope));
  if (wider !== undefined)
    throw refused('not-permitted', `this key is not for ${wider}, and so makes no key that is`, {
      action: 'name scopes that it has, or log in',
    });
}

export const accountKeyRoutes: readonly Route[] = [own, ofService].flatMap((holder) =>
  [list, make, rotate, revoke].map((define) => define(holder)),
);
