// API keys: of whoever asks, and, for who manages members, of service accounts.
import { refused } from '@chorale/lib-errors';
import {
  keyNotFound,
  operations,
  type KeyRecord,
  type MadeKey,
  type Operation,
  type UserRecord,
} from '@chorale/module-access';
import { z } from 'zod';
import { type Caller, mayDo } from '../caller.ts';
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
  find(services: ApiServices, caller: Caller, path: Record<string, unknown>): Promise<UserRecord>;
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
  async find({ identity }, { tenantId }, path) {
    const user = await identity.users.find(tenantId, String(path['userId']));
    // People make their own: a key made by somebody else would act in their name.
    if (user?.body.kind !== 'service')
      throw refused('user-not-found', `There is no service account ${String(path['userId'])}.`);
    return user;
  },
};

function keyRoutes(holder: Holder): readonly Route[] {
  const { address, permit, suffix, whose } = holder;
  const paths = z.strictObject(holder.path);
  const keyPath = z.strictObject({ ...holder.path, keyId });
  const common = { tag: 'account' as const, permit };
  const actor = ({ kind, subject }: Caller) => ({ kind, id: subject });
  const getKey = async (services: ApiServices, user: UserRecord, wanted: unknown): Promise<KeyRecord> => {
    const found = await services.identity.keys.get(user.tenantId, String(wanted));
    if (found?.userId !== user.id) throw keyNotFound(String(wanted));
    return found;
  };
  const pathOf = (path: unknown): Record<string, unknown> => (path ?? {}) as Record<string, unknown>;
  return [
    defineRoute({
      ...common,
      method: 'GET',
      address,
      operation: `list${suffix}s`,
      summary: `List the API keys ${whose}`,
      path: paths,
      responses: { 200: { description: 'All that count.', schema: pageOf(accountKeySchema) } },
      handle: async ({ caller, path }, { services }) => {
        const user = await holder.find(services, caller, pathOf(path));
        return {
          status: 200,
          body: { items: (await services.identity.keys.list(user.tenantId, user.id)).map(keyView) },
        };
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      address,
      operation: `make${suffix}`,
      summary: `Make an API key ${whose}`,
      path: paths,
      body: keyRequestSchema,
      responses: { 201: { description: 'Shown this once.', schema: newAccountKeySchema } },
      refusals: ['keys-too-many', 'user-not-found'],
      audit: ({ caller, path }) => ({ on: { kind: 'person', id: String(pathOf(path)['userId'] ?? caller.subject) } }),
      handle: async ({ caller, path, body }, { services }) => {
        const user = await holder.find(services, caller, pathOf(path));
        const { label, days } = body;
        const scopes = await scopesOf(services, { caller, user, asked: body.scopes });
        const key = {
          tenantId: user.tenantId,
          userId: user.id,
          label,
          scopes,
          lifeMs: days * dayMs,
          by: actor(caller),
        };
        return { status: 201, body: madeView(await services.identity.keys.make(key)) };
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      address: `${address}/{keyId}/rotate`,
      operation: `rotate${suffix}`,
      summary: `Make a key in place of another ${whose}`,
      path: keyPath,
      body: keyRotationSchema,
      bodyOptional: true,
      responses: { 201: { description: 'Shown this once.', schema: newAccountKeySchema } },
      refusals: ['api-key-not-found'],
      audit: ({ path }) => ({ on: { kind: 'key', id: String(pathOf(path)['keyId']) } }),
      handle: async ({ caller, path, body }, { services }) => {
        const user = await holder.find(services, caller, pathOf(path));
        const { tenantId, id, body: before } = await getKey(services, user, pathOf(path)['keyId']);
        refuseWider(caller, before.scopes);
        const change = { overlapMs: body.overlapHours * hourMs, by: actor(caller) };
        return { status: 201, body: madeView(await services.identity.keys.rotate(tenantId, id, change)) };
      },
    }),
    defineRoute({
      ...common,
      method: 'DELETE',
      address: `${address}/{keyId}`,
      operation: `revoke${suffix}`,
      summary: `Revoke an API key ${whose}, at once`,
      path: keyPath,
      responses: { 204: { description: 'It counts no longer.' } },
      refusals: ['api-key-not-found'],
      audit: ({ path }) => ({ on: { kind: 'key', id: String(pathOf(path)['keyId']) } }),
      handle: async ({ caller, path }, { services }) => {
        const user = await holder.find(services, caller, pathOf(path));
        const { tenantId, id } = await getKey(services, user, pathOf(path)['keyId']);
        await services.identity.keys.revoke(tenantId, id, actor(caller));
        return { status: 204 };
      },
    }),
  ];
}

function madeView({ token, record }: MadeKey) {
  return { ...keyView(record), key: token };
}

interface Scoping {
  readonly caller: Caller;
  readonly user: UserRecord;
  readonly asked: readonly Operation[] | undefined;
}

/** Without scopes named: what the user's roles permit now. */
async function scopesOf(
  { access, identity }: ApiServices,
  { caller, user, asked }: Scoping,
): Promise<readonly Operation[]> {
  const roles = await identity.groups.rolesOf(user.tenantId, user.id, user.body);
  const holder: Caller = { tenantId: user.tenantId, subject: user.id, roles, kind: 'key' };
  const scopes = asked ?? operations.filter((operation) => mayDo(access, holder, operation));
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

export const accountKeyRoutes: readonly Route[] = [...keyRoutes(own), ...keyRoutes(ofService)];
