import { makeId } from '@chorale/lib-ids';
import { projectNotFound } from '@chorale/module-access';
import type { BudgetId } from '@chorale/module-models';
import { z } from 'zod';
import { limitOf } from '../../models/configured-budgets.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from '../schemas/fields.ts';
import { budgetRequestSchema, budgetSchema } from '../schemas/model.ts';
import { budgetView } from '../views/model-view.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/budgets',
  operation: 'listBudgets',
  summary: 'List budgets with what is spent, what is reserved and when they begin anew',
  tag: 'models',
  permit: 'model.read',
  responses: { 200: { description: 'Budgets.', schema: pageOf(budgetSchema) } },
  handle: async ({ caller }, { services: { models } }) => {
    const budgets = await models.spend.listBudgets(caller.tenantId);
    return { status: 200, body: { items: budgets.map(budgetView) } };
  },
});

const put = defineRoute({
  method: 'POST',
  address: '/v1/budgets',
  operation: 'putBudget',
  summary: 'Set the limits of a scope, subject and window',
  description: 'There is one budget for each; what was spent in its window stays.',
  tag: 'models',
  permit: 'budget.manage',
  body: budgetRequestSchema,
  responses: { 200: { description: 'The budget as it is now.', schema: budgetSchema } },
  refusals: ['budget-invalid', 'project-not-found'],
  audit: ({ caller, body: { scope, subject, window, limit } }) => ({
    on: { kind: `${scope}-budget`, id: subject ?? caller.tenantId },
    detail: { window, limit: JSON.stringify(limit) },
  }),
  handle: async ({ caller, body }, { services }) => {
    const { scope, subject = '' } = body;
    // A budget under a name that nobody has would limit nothing, and nobody would know.
    if (scope === 'project' && (await services.access.projects.find(caller.tenantId, subject)) === undefined)
      throw projectNotFound(subject);
    const { budget } = await services.models.spend.execute({
      command: 'put-budget',
      tenantId: caller.tenantId,
      budget: {
        tenantId: caller.tenantId,
        budgetId: makeId<'budget'>('budget', services.now(), services.random),
        scope: body.scope,
        subject: body.scope === 'tenant' ? caller.tenantId : (body.subject ?? ''),
        window: body.window,
        limit: limitOf(body.limit),
      },
    });
    return { status: 200, body: budgetView(budget) };
  },
});

const drop = defineRoute({
  method: 'DELETE',
  address: '/v1/budgets/{budgetId}',
  operation: 'dropBudget',
  summary: 'Remove a budget: what it limited is limited no more',
  tag: 'models',
  permit: 'budget.manage',
  path: z.strictObject({ budgetId: z.string().min(1).max(64) }),
  responses: { 204: { description: 'It is gone.' } },
  refusals: ['budget-not-found'],
  audit: ({ path }) => ({ on: { kind: 'budget', id: path.budgetId }, detail: { dropped: true } }),
  handle: async ({ caller, path }, { services: { models } }) => {
    const budgetId = path.budgetId as BudgetId;
    await models.spend.execute({ command: 'drop-budget', tenantId: caller.tenantId, budgetId });
    return { status: 204 };
  },
});

export const budgetRoutes: readonly Route[] = [listAll, put, drop];
