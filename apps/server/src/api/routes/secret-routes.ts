// Secrets over the API: put, named, removed. There is no route that gives a value.
import { secretNotFound, type SecretSummary } from '@chorale/module-access';
import type { SecretSummary as SecretView } from '@chorale/lib-client';
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import { count, pageOf } from '../schemas/fields.ts';
import { secretPath, secretRequestSchema, secretSchema } from '../schemas/secret.ts';

function secretView({ name, version, dataKey, createdAt, createdBy }: SecretSummary): SecretView {
  return { name, version, dataKey, createdAt, createdBy };
}

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/secrets',
  operation: 'listSecrets',
  summary: 'List secrets, without their values',
  tag: 'secrets',
  permit: 'secret.list',
  responses: { 200: { description: 'The newest version of each, by name.', schema: pageOf(secretSchema) } },
  handle: async ({ caller }, { services: { secrets } }) => ({
    status: 200,
    body: { items: (await secrets.vault.list(caller.tenantId)).map(secretView) },
  }),
});

const put = defineRoute({
  method: 'POST',
  address: '/v1/secrets',
  operation: 'putSecret',
  summary: 'Put a secret, or a new version of one',
  description: 'The new version is in use from now on. Nothing gives the value back: it is named as `secret:NAME`.',
  tag: 'secrets',
  permit: 'secret.manage',
  body: secretRequestSchema,
  responses: { 200: { description: 'The secret as it is listed.', schema: secretSchema } },
  refusals: ['secret-name-invalid', 'secret-value-invalid', 'key-encryption-key-missing'],
  audit: ({ body: { name } }) => ({ on: { kind: 'secret', id: name }, detail: { put: true } }),
  handle: async ({ caller, body }, { services: { secrets } }) => {
    const { tenantId, subject } = caller;
    // Before it is there: what uses it at once must not show it.
    secrets.redactors.learn(body, tenantId);
    return { status: 200, body: secretView(await secrets.vault.put({ ...body, tenantId, createdBy: subject })) };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  address: '/v1/secrets/{name}',
  operation: 'removeSecret',
  summary: 'Remove a secret with all its versions',
  tag: 'secrets',
  permit: 'secret.manage',
  path: secretPath,
  responses: { 204: { description: 'It is gone.' } },
  refusals: ['secret-not-found'],
  audit: ({ path }) => ({ on: { kind: 'secret', id: path.name }, detail: { removed: true } }),
  handle: async ({ caller, path }, { services: { secrets } }) => {
    if (!(await secrets.vault.drop(caller.tenantId, path.name))) throw secretNotFound(path.name);
    return { status: 204 };
  },
});

const rotate = defineRoute({
  method: 'POST',
  address: '/v1/secrets/rotate-key',
  operation: 'rotateSecretKey',
  summary: 'Seal all secrets with a new key',
  description: 'New ones at once, the others in the background; all can be used meanwhile. Then the old key is gone.',
  tag: 'secrets',
  permit: 'secret.manage',
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'The number of the new key.', schema: z.strictObject({ dataKey: count }) } },
  refusals: ['key-encryption-key-missing'],
  audit: ({ caller }) => ({ on: { kind: 'tenant', id: caller.tenantId }, detail: { rotated: 'data-key' } }),
  handle: async ({ caller }, { services: { secrets } }) => ({
    status: 200,
    body: { dataKey: await secrets.vault.rotateDataKey(caller.tenantId) },
  }),
});

export const secretRoutes: readonly Route[] = [listAll, put, remove, rotate];
