// Tenants, for the one that runs the installation; its own, and the kill switch of its agents, for each.
import { refused } from '@chorale/lib-errors';
import { makeId, type TenantId } from '@chorale/lib-ids';
import { normalizeLogin, tenantNotFound, type Quotas, type RegisteredTenant } from '@chorale/module-access';
import { z } from 'zod';
import { actBy } from '../../audit/act-by.ts';
import { limitOf } from '../../models/configured-budgets.ts';
import { type Caller, mayDo } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from '../schemas/fields.ts';
import {
  newTenantSchema,
  tenantChangeSchema,
  tenantDetailsSchema,
  tenantId as id,
  tenantRequestSchema,
  tenantSchema,
} from '../schemas/tenant.ts';
import type { ApiServices } from '../services.ts';

const invitationLifeMs = 3 * 24 * 3_600_000;
const path = z.strictObject({ tenantId: id });
const onTenant = ({ path: { tenantId } }: { readonly path: { readonly tenantId: string } }) => ({
  on: { kind: 'tenant', id: tenantId },
});

/** One's own, or any for who manages them: to others it is not there. @throws refused `tenant-not-found`. */
async function getTenant(services: ApiServices, caller: Caller, tenantId: string): Promise<RegisteredTenant> {
  if (tenantId !== caller.tenantId && !mayDo(services.access, caller, 'tenant.manage')) throw tenantNotFound(tenantId);
  const found = await services.tenants.find(tenantId as TenantId);
  if (found === undefined) throw tenantNotFound(tenantId);
  return found;
}

/** Money is counted by the budgets; this is one of them. */
async function putSpendQuota({ models, now, random }: ApiServices, tenantId: TenantId, quotas: Quotas): Promise<void> {
  const { spendUsdPerMonth: usd } = quotas;
  if (usd === undefined) return;
  const budgetId = makeId<'budget'>('budget', now(), random);
  const budget = {
    tenantId,
    budgetId,
    scope: 'tenant',
    subject: tenantId,
    window: 'month',
    limit: limitOf({ usd }),
  } as const;
  await models.spend.execute({ command: 'put-budget', tenantId, budget });
}

const list = defineRoute({
  method: 'GET',
  address: '/v1/tenants',
  operation: 'listTenants',
  summary: 'List the organisations that share this installation',
  tag: 'account',
  permit: 'tenant.manage',
  responses: { 200: { description: 'By id.', schema: pageOf(tenantSchema) } },
  handle: async (_input, { services }) => ({ status: 200, body: { items: await services.tenants.list() } }),
});

const create = defineRoute({
  method: 'POST',
  address: '/v1/tenants',
  operation: 'createTenant',
  summary: 'Create an organisation, with an invitation for its first owner',
  tag: 'account',
  permit: 'tenant.manage',
  body: tenantRequestSchema,
  responses: { 201: { description: 'Created.', schema: newTenantSchema } },
  refusals: ['tenant-exists', 'tenant-invalid', 'login-invalid'],
  audit: ({ body }) => ({ on: { kind: 'tenant', id: body.tenantId } }),
  handle: async ({ caller, body, request }, { services }) => {
    const { tenantId: wanted, displayName = wanted, quotas = {}, owner: login } = body;
    const tenantId = wanted as TenantId;
    // First: a tenant whose owner cannot be would be nobody's.
    normalizeLogin(login);
    const made = await services.tenants.create({ tenantId, displayName, quotas });
    await putSpendQuota(services, tenantId, quotas);
    const { users, flows } = services.identity;
    const by = actBy({ caller, request }).who;
    const owner = {
      tenantId,
      login,
      displayName: login,
      kind: 'person',
      roles: ['owner'],
      source: 'local',
      by,
    } as const;
    const { id: userId, name } = await users.add(owner);
    const invitation = await flows.begin({
      tenantId,
      purpose: 'invitation',
      data: { userId },
      lifeMs: invitationLifeMs,
      userId,
    });
    return { status: 201, body: { ...made, owner: { userId, login: name ?? login, invitation } } };
  },
});

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/tenants/{tenantId}',
  operation: 'getTenant',
  summary: 'Get a tenant, what it may use and what it uses',
  tag: 'account',
  permit: 'goal.read',
  path,
  responses: { 200: { description: 'The tenant.', schema: tenantDetailsSchema } },
  refusals: ['tenant-not-found'],
  handle: async ({ caller, path: { tenantId } }, { services }) => {
    const tenant = await getTenant(services, caller, tenantId);
    const { goals, tasks, artifactBytes } = await services.store.measureUse(tenant.tenantId);
    return { status: 200, body: { ...tenant, used: { goals, tasks, storageBytes: artifactBytes } } };
  },
});

const change = defineRoute({
  method: 'POST',
  address: '/v1/tenants/{tenantId}',
  operation: 'changeTenant',
  summary: 'Change the name or the quotas of a tenant, suspend it or let it back in',
  description: 'Of a suspended tenant nobody is let in, and no agent works.',
  tag: 'account',
  permit: 'tenant.manage',
  path,
  body: tenantChangeSchema,
  responses: { 200: { description: 'As it is now.', schema: tenantSchema } },
  refusals: ['tenant-not-found', 'home-tenant'],
  audit: onTenant,
  handle: async ({ path: { tenantId }, body }, { services }) => {
    const changed = await services.tenants.change(tenantId as TenantId, body);
    if (body.quotas !== undefined) await putSpendQuota(services, changed.tenantId, body.quotas);
    return { status: 200, body: changed };
  },
});

const ofAgents = {
  method: 'POST',
  tag: 'account',
  path,
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'As it is now.', schema: tenantSchema } },
  refusals: ['tenant-not-found'],
} as const;

const stopAgents = defineRoute({
  ...ofAgents,
  address: '/v1/tenants/{tenantId}/stop-agents',
  operation: 'stopAgents',
  summary: 'Stop all agents of a tenant',
  description: 'Within five seconds, wherever they run. Their tasks keep what they did, and wait.',
  permit: 'agent.stop',
  audit: onTenant,
  handle: async ({ caller, path: { tenantId } }, { services }) => {
    const tenant = await getTenant(services, caller, tenantId);
    const by = tenant.tenantId === caller.tenantId ? {} : { stoppedByHome: true };
    return { status: 200, body: await services.tenants.change(tenant.tenantId, { agents: 'stopped', ...by }) };
  },
});

const resumeAgents = defineRoute({
  ...ofAgents,
  address: '/v1/tenants/{tenantId}/resume-agents',
  operation: 'resumeAgents',
  summary: 'Let the agents of a tenant go on',
  description:
    'From where they were stopped. Many may stop them; who manages members lets them go on, and where the home tenant stopped them, it alone.',
  permit: 'member.manage',
  audit: onTenant,
  handle: async ({ caller, path: { tenantId } }, { services }) => {
    const tenant = await getTenant(services, caller, tenantId);
    if (tenant.stoppedByHome === true && tenant.tenantId === caller.tenantId)
      throw refused('agents-stopped-by-home', 'the agents were stopped by who runs the installation', {
        action: 'ask them to let the agents go on',
      });
    const change = { agents: 'running', stoppedByHome: false } as const;
    return { status: 200, body: await services.tenants.change(tenant.tenantId, change) };
  },
});

export const tenantRoutes: readonly Route[] = [list, create, getOne, change, stopAgents, resumeAgents];
