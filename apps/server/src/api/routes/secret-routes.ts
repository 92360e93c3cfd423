// Secrets over the API: put, named, removed. There is no route that gives a value.
import { nameInProject, secretNotFound, splitSecretName, type SecretSummary } from '@chorale/module-access';
import type { SecretSummary as SecretView } from '@chorale/lib-client';
import type { ProjectId } from '@chorale/lib-ids';
import { z } from 'zod';
import { scopeOf } from '../caller.ts';
import { chooseProject } from '../choose-project.ts';
import { defineRoute, type Route } from '../route.ts';
import { count, pageOf, projectId } from '../schemas/fields.ts';
import { secretPath, secretRequestSchema, secretSchema } from '../schemas/secret.ts';

const ofProject = z.strictObject({ projectId: projectId.exactOptional() });

function secretView({ name, version, dataKey, createdAt, createdBy }: SecretSummary): SecretView {
  return { ...splitSecretName(name), version, dataKey, createdAt, createdBy };
}

const onSecret = (name: string, project: ProjectId | undefined) => ({
  kind: 'secret',
  id: project === undefined ? name : nameInProject(project, name),
});

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/secrets',
  operation: 'listSecrets',
  summary: 'List secrets, without their values',
  tag: 'secrets',
  permit: 'secret.list',
  inProjects: true,
  query: ofProject,
  responses: { 200: { description: 'The newest version of each, by name.', schema: pageOf(secretSchema) } },
  handle: async ({ caller, query }, { services: { access, secrets } }) => {
    const scope = scopeOf(access, caller, 'secret.list');
    const items = (await secrets.vault.list(caller.tenantId)).filter(({ name }) => {
      const of = splitSecretName(name).projectId;
      return (query.projectId ?? of) === of && (scope?.may(of) ?? true);
    });
    return { status: 200, body: { items: items.map(secretView) } };
  },
});

const put = defineRoute({
  method: 'POST',
  address: '/v1/secrets',
  operation: 'putSecret',
  summary: 'Put a secret, or a new version of one',
  description: 'The new version is in use from now on. Nothing gives the value back: it is named as `secret:NAME`.',
  tag: 'secrets',
  permit: 'secret.manage',
  inProjects: true,
  body: secretRequestSchema,
  responses: { 200: { description: 'The secret as it is listed.', schema: secretSchema } },
  refusals: [
    'secret-name-invalid',
    'secret-value-invalid',
    'key-encryption-key-missing',
    'project-not-found',
    'project-archived',
  ],
  audit: ({ body: { name, projectId: project } }) => ({ on: onSecret(name, project), detail: { put: true } }),
  handle: async ({ caller, body: { value, ...body } }, { services: { access, secrets } }) => {
    const { tenantId, subject } = caller;
    const project = await chooseProject(access, caller, { operation: 'secret.manage', asked: body.projectId });
    const name = nameInProject(project, body.name);
    // Before it is there: what uses it at once must not show it.
    secrets.redactors.learn({ name, value }, tenantId);
    return { status: 200, body: secretView(await secrets.vault.put({ name, value, tenantId, createdBy: subject })) };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  address: '/v1/secrets/{name}',
  operation: 'removeSecret',
  summary: 'Remove a secret with all its versions',
  tag: 'secrets',
  permit: 'secret.manage',
  inProjects: true,
  path: secretPath,
  query: ofProject,
  responses: { 204: { description: 'It is gone.' } },
  refusals: ['secret-not-found', 'project-not-found'],
  audit: ({ path, query }) => ({ on: onSecret(path.name, query.projectId), detail: { removed: true } }),
  handle: async ({ caller, path, query }, { services: { access, secrets } }) => {
    const choice = { operation: 'secret.manage', asked: query.projectId, mayBeArchived: true } as const;
    const name = nameInProject(await chooseProject(access, caller, choice), path.name);
    if (!(await secrets.vault.drop(caller.tenantId, name))) throw secretNotFound(path.name);
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
