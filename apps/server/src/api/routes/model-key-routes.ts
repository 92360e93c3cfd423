import { makeId } from '@chorale/lib-ids';
import { type Budget, type ModelKey, type ModelKeyId, resolveNames } from '@chorale/module-models';
import { z } from 'zod';
import { limitOf } from '../../models/configured-budgets.ts';
import { makeModelKey } from '../../models/model-keys.ts';
import { invalidRequest } from '../problem.ts';
import { type ApiContext, defineRoute, type Route } from '../route.ts';
import { pageOf } from '../schemas/fields.ts';
import { modelKeyRequestSchema, modelKeySchema, newModelKeySchema } from '../schemas/model.ts';
import { modelKeyView } from '../views/model-view.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/model-keys',
  operation: 'listModelKeys',
  summary: 'List the keys under which programs call models',
  tag: 'models',
  permit: 'model.read',
  responses: { 200: { description: 'Keys, revoked and expired ones included.', schema: pageOf(modelKeySchema) } },
  handle: async ({ caller }, { services: { models } }) => {
    const keys = await models.spend.listKeys(caller.tenantId);
    return { status: 200, body: { items: keys.map(modelKeyView) } };
  },
});

const create = defineRoute({
  method: 'POST',
  address: '/v1/model-keys',
  operation: 'createModelKey',
  summary: 'Make a key',
  description: 'The key is in the answer and nowhere else: only its SHA-256 is kept.',
  tag: 'models',
  permit: 'key.manage',
  body: modelKeyRequestSchema,
  responses: { 201: { description: 'The key, shown once.', schema: newModelKeySchema } },
  refusals: ['quota-exceeded'],
  audit: ({ caller, body: { name, expiresAt } }) => ({
    on: { kind: 'tenant', id: caller.tenantId },
    detail: { made: 'model-key', name, ...(expiresAt === undefined ? {} : { expiresAt }) },
  }),
  handle: async ({ caller, body }, context) => {
    const { services } = context;
    refuseUnknownModels(body.models ?? [], context);
    const now = services.now();
    const { key, ...made } = makeModelKey();
    const keyId: ModelKeyId = makeId('key', now, services.random);
    const stored: ModelKey = {
      tenantId: caller.tenantId,
      keyId,
      name: body.name,
      ...made,
      models: body.models ?? [],
      strategy: body.strategy,
      dataClass: body.dataClass,
      createdAt: now,
      createdBy: caller.subject,
      expiresAt: body.expiresAt,
      revokedAt: undefined,
    };
    const { spend } = services.models;
    if (body.budget !== undefined) {
      const { window, ...limits } = body.budget;
      const budgetId = makeId<'budget'>('budget', now, services.random);
      const budget: Budget = {
        tenantId: caller.tenantId,
        budgetId,
        scope: 'key',
        subject: keyId,
        window,
        limit: limitOf(limits),
      };
      // First: a key never spends without the limit that it was made with.
      await spend.execute({ command: 'put-budget', tenantId: caller.tenantId, budget });
    }
    await services.tenants.withRoom({ tenantId: caller.tenantId }, { modelKeys: 1 }, () =>
      spend.execute({ command: 'put-key', tenantId: caller.tenantId, key: stored }),
    );
    return { status: 201, body: { ...modelKeyView(stored), key } };
  },
});

/** A name that is spelled wrong would make a key that can do nothing. */
function refuseUnknownModels(names: readonly string[], { services: { models } }: ApiContext): void {
  const fleet = models.fleet();
  if (fleet.deployments.length === 0) return;
  const issues = names.flatMap((name, index) =>
    resolveNames(fleet, [name]).size > 0
      ? []
      : [{ at: `body.models[${index}]`, message: `is no model, deployment or alias here: ${name}` }],
  );
  if (issues.length > 0) throw invalidRequest(issues);
}

const revoke = defineRoute({
  method: 'POST',
  address: '/v1/model-keys/{keyId}/revoke',
  operation: 'revokeModelKey',
  summary: 'Revoke a key for good',
  tag: 'models',
  permit: 'key.manage',
  path: z.strictObject({ keyId: z.string().min(1).max(64) }),
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'The key as it is now.', schema: modelKeySchema } },
  refusals: ['key-not-found'],
  audit: ({ path }) => ({ on: { kind: 'model-key', id: path.keyId }, detail: { revoked: true } }),
  handle: async ({ caller, path }, { services: { models } }) => {
    const keyId = path.keyId as ModelKeyId;
    const { key } = await models.spend
      .execute({ command: 'revoke-key', tenantId: caller.tenantId, keyId })
      .finally(() => models.keys.forget());
    return { status: 200, body: modelKeyView(key) };
  },
});

export const modelKeyRoutes: readonly Route[] = [listAll, create, revoke];
