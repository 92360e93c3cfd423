// All data of a tenant: for its owner, and for who runs the installation.
import { Readable } from 'node:stream';
import type { TenantId } from '@chorale/lib-ids';
import { homeTenant, retentionKinds, tenantNotFound, type RetentionPolicy } from '@chorale/module-access';
import { z } from 'zod';
import { actBy } from '../../audit/act-by.ts';
import { type Caller, mayDo } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  erasurePreviewSchema,
  erasureRequestSchema,
  erasureSchema,
  retentionPolicySchema,
  retentionRequestSchema,
  retentionSchema,
} from '../schemas/tenant-data.ts';
import { tenantId as id } from '../schemas/tenant.ts';
import type { ApiServices } from '../services.ts';

const path = z.strictObject({ tenantId: id });

/** One's own, or any for who manages them: to others it is not there. @throws refused `tenant-not-found`. */
async function findTenantId(services: ApiServices, caller: Caller, wanted: string): Promise<TenantId> {
  if (wanted === caller.tenantId) return caller.tenantId;
  if (!mayDo(services.access, caller, 'tenant.manage')) throw tenantNotFound(wanted);
  const found = await services.tenants.find(wanted as TenantId);
  if (found === undefined) throw tenantNotFound(wanted);
  return found.tenantId;
}

const exportAll = defineRoute({
  method: 'GET',
  address: '/v1/tenants/{tenantId}/export',
  operation: 'exportTenant',
  summary: 'Get all data of a tenant as lines of JSON, artifacts included',
  description: 'The last line is the manifest: of every table how many lines, and their SHA-256. Secrets stay sealed.',
  tag: 'account',
  permit: 'tenant.export',
  path,
  responses: { 200: { description: 'JSON lines.', schema: z.string(), mediaType: 'application/x-ndjson' } },
  refusals: ['tenant-not-found'],
  audit: ({ path: { tenantId } }) => ({ on: { kind: 'tenant', id: tenantId } }),
  handle: async ({ caller, path: { tenantId }, request }, { services }) => {
    const found = await findTenantId(services, caller, tenantId);
    const lines = request.method === 'HEAD' ? [] : services.tenantData.export(found);
    const headers = { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' };
    return { status: 200, headers, body: Readable.from(lines, { objectMode: false }) };
  },
});

const erase = defineRoute({
  method: 'POST',
  address: '/v1/tenants/{tenantId}/erasure',
  operation: 'eraseTenant',
  summary: 'Show what erasing a tenant would take, or erase it',
  description:
    'Without `confirm` nothing happens. With it the tenant is suspended, its agents are stopped, and everything goes, its audit ' +
    'log included; the log of the home tenant says so, and the receipt is signed.',
  tag: 'account',
  permit: 'tenant.erase',
  record: 'itself',
  path,
  body: erasureRequestSchema,
  bodyOptional: true,
  responses: {
    200: { description: 'What would go, or the receipt.', schema: z.union([erasurePreviewSchema, erasureSchema]) },
  },
  refusals: ['tenant-not-found', 'home-tenant', 'tenant-held', 'erasure-not-confirmed', 'tenant-busy'],
  handle: async ({ caller, path: { tenantId }, body: { confirm }, request }, { services, goalReads }) => {
    const { tenantData, audit } = services;
    const found = await findTenantId(services, caller, tenantId);
    if (confirm === undefined)
      return { status: 200, body: { dryRun: true, ...(await tenantData.previewErasure(found)) } };
    // Not in the log of the tenant: that goes, too.
    const act = { ...actBy({ caller, request }), tenantId: homeTenant, what: 'tenant.erase' };
    const { counts, at, by, note } = await audit.recordChange({ ...act, on: { kind: 'tenant', id: found } }, () =>
      tenantData.erase({ tenantId: found, by: caller.subject, confirm }),
    );
    goalReads.forgetTenant(found);
    await services.tenants.refresh();
    return { status: 200, body: { dryRun: false, tenantId: found, counts, at, by, note } };
  },
});

const dayMs = 24 * 3_600_000;

const retain = defineRoute({
  method: 'POST',
  address: '/v1/retention',
  operation: 'applyRetention',
  summary: 'Show what is older than so many days, or delete it',
  description:
    'Of the own tenant: goals that ended, with their events, journals, plans, approvals and artifacts, and records of model calls. ' +
    'Without `apply` nothing happens. What is at work or under a legal hold stays, with its sub-goals. Memory and the audit log have ' +
    'rules of their own.',
  tag: 'account',
  permit: 'tenant.erase',
  record: 'itself',
  body: retentionRequestSchema,
  responses: { 200: { description: 'What would go, or went.', schema: retentionSchema } },
  handle: async ({ caller, body, request }, { services, goalReads }) => {
    const { olderThanDays, kinds = retentionKinds, apply = false } = body;
    const { audit, now, tenantData } = services;
    const { tenantId } = caller;
    const before = now() - olderThanDays * dayMs;
    const order = { tenantId, before, kinds };
    if (!apply) return { status: 200, body: { dryRun: true, before, counts: await tenantData.planRetention(order) } };
    const act = {
      ...actBy({ caller, request }),
      what: 'tenant.erase',
      on: { kind: 'retention', id: kinds.join(' ') },
      detail: { before: new Date(before).toISOString() },
    };
    const counts = await audit.recordChange(act, () => tenantData.applyRetention(order));
    goalReads.forgetTenant(tenantId);
    return { status: 200, body: { dryRun: false, before, counts } };
  },
});

const policy = {
  address: '/v1/retention/policy',
  tag: 'account',
  permit: 'tenant.erase',
  responses: { 200: { description: 'The policy.', schema: retentionPolicySchema } },
} as const;

const getPolicy = defineRoute({
  ...policy,
  method: 'GET',
  operation: 'getRetentionPolicy',
  summary: 'Get for how long things of the own tenant are kept',
  handle: async ({ caller }, { services }) => {
    const tenant = await services.tenants.find(caller.tenantId);
    return { status: 200, body: tenant?.retention ?? {} };
  },
});

const setPolicy = defineRoute({
  ...policy,
  method: 'POST',
  operation: 'setRetentionPolicy',
  summary: 'Say for how long things of the own tenant are kept',
  description:
    'In place of what was said before. What is older goes by itself, within the hour; see first what that would be.',
  body: retentionPolicySchema,
  audit: ({ body }) => ({ on: { kind: 'retention', id: 'policy' }, detail: daysOf(body) }),
  handle: async ({ caller, body }, { services }) => {
    const { retention = {} } = await services.tenants.change(caller.tenantId, { retention: body });
    return { status: 200, body: retention };
  },
});

function daysOf(body: RetentionPolicy): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(body).map(([kind, days]) => [kind, `${days} days`]));
}

export const tenantDataRoutes: readonly Route[] = [exportAll, erase, retain, getPolicy, setPolicy];
