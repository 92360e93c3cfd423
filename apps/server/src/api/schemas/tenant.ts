import type {
  AccessExplanation,
  AccessQuestion,
  NewTenant,
  NewTenantRequest,
  TenantChangeRequest,
  TenantDetails,
  TenantSummary,
} from '@chorale/lib-client';
import { operations } from '@chorale/module-access';
import { z } from 'zod';
import { count, projectId, time } from './fields.ts';
import { retentionPolicySchema } from './tenant-data.ts';

export const tenantId = z.string().min(1).max(63);
const displayName = z.string().min(1).max(200);
const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER).exactOptional();
const quotas = z
  .strictObject({
    goals: limit.describe('Open goals.'),
    tasks: limit.describe('Open tasks.'),
    runningTasks: limit.describe('Tasks that run at once; the others wait.'),
    storageBytes: limit.describe('Bytes of artifacts.'),
    modelKeys: limit.describe('Keys under which programs call models, ended ones included.'),
    spendUsdPerMonth: z.number().min(0).max(1e9).exactOptional().describe('Kept as a budget of the tenant.'),
  })
  .meta({ id: 'TenantQuotas' });

const fields = {
  tenantId: z.string(),
  displayName: z.string(),
  state: z.enum(['active', 'suspended']),
  agents: z.enum(['running', 'stopped']).describe('Stopped: what ran was handed back, and nothing begins.'),
  stoppedByHome: z
    .boolean()
    .exactOptional()
    .describe('Stopped by who runs the installation, who alone lets them go on.'),
  quotas,
  retention: retentionPolicySchema.exactOptional(),
  projectsRunning: z
    .record(z.string(), count)
    .exactOptional()
    .describe('How many tasks of which of its projects may run at once.'),
  createdAt: time,
  changedAt: time,
};

export const tenantSchema = z.strictObject(fields).meta({ id: 'Tenant' }) satisfies z.ZodType<TenantSummary>;

export const tenantDetailsSchema = z
  .strictObject({ ...fields, used: z.strictObject({ goals: count, tasks: count, storageBytes: count }) })
  .meta({ id: 'TenantDetails' }) satisfies z.ZodType<TenantDetails>;

export const tenantRequestSchema = z
  .strictObject({
    tenantId,
    displayName: displayName.exactOptional(),
    quotas: quotas.exactOptional(),
    owner: z.string().min(1).max(200).describe('What its first owner logs in with.'),
  })
  .meta({ id: 'NewTenantRequest' }) satisfies z.ZodType<NewTenantRequest>;

export const newTenantSchema = z
  .strictObject({
    ...fields,
    owner: z.strictObject({ userId: z.string(), login: z.string(), invitation: z.string() }),
  })
  .meta({ id: 'NewTenant' }) satisfies z.ZodType<NewTenant>;

export const tenantChangeSchema = z
  .strictObject({
    displayName: displayName.exactOptional(),
    state: fields.state.exactOptional(),
    quotas: quotas.exactOptional().describe('In place of those before.'),
  })
  .meta({ id: 'TenantChangeRequest' }) satisfies z.ZodType<TenantChangeRequest>;

export const accessQuestionSchema = z
  .strictObject({
    subject: z.string().min(1).max(200).exactOptional().describe("A member's id or login; default: who asks."),
    operation: z.enum(operations),
    projectId: projectId.exactOptional().describe('On a thing of this project; default: of the whole tenant.'),
  })
  .meta({ id: 'AccessQuestion' }) satisfies z.ZodType<AccessQuestion>;

export const accessExplanationSchema = z
  .strictObject({
    subject: z.string(),
    roles: z.array(z.string()),
    operation: z.string(),
    projectId: z.string().exactOptional(),
    allowed: z.boolean(),
    because: z.string(),
    decidedBy: z.array(z.string()),
    rolesThatMay: z.array(z.string()),
    policyVersion: z.string(),
  })
  .meta({ id: 'AccessExplanation' }) satisfies z.ZodType<AccessExplanation>;
