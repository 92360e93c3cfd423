import type {
  RetentionPolicy,
  RetentionRequest,
  RetentionResult,
  TenantErasure,
  TenantErasurePreview,
} from '@chorale/lib-client';
import { retentionKinds } from '@chorale/module-access';
import { z } from 'zod';
import { count, time } from './fields.ts';

const counts = z
  .record(z.string(), count)
  .describe('Rows by table, files by place; what there is none of is left out.');
const confirm = z.string().describe('Send it to erase what was shown.');

export const erasureRequestSchema = z
  .strictObject({ confirm: z.string().min(1).max(64).exactOptional() })
  .meta({ id: 'ErasureRequest' });

const days = z.int().min(1).max(36_500);

export const retentionPolicySchema = z
  .strictObject({
    goals: days.exactOptional().describe('Since their end; with events, journals, plans, approvals and artifacts.'),
    'model-calls': days.exactOptional().describe('With what was said of them.'),
  })
  .describe('Days for which it is kept; what is not named stays.')
  .meta({ id: 'RetentionPolicy' }) satisfies z.ZodType<RetentionPolicy>;

export const retentionRequestSchema = z
  .strictObject({
    olderThanDays: days.describe('What is older goes.'),
    kinds: z.array(z.enum(retentionKinds)).min(1).exactOptional().describe('What goes; default: all that can.'),
    apply: z.boolean().exactOptional().describe('Without it nothing happens.'),
  })
  .meta({ id: 'RetentionRequest' }) satisfies z.ZodType<RetentionRequest>;

export const retentionSchema = z
  .strictObject({ dryRun: z.boolean(), before: time, counts })
  .meta({ id: 'RetentionResult' }) satisfies z.ZodType<RetentionResult>;

export const erasurePreviewSchema = z
  .strictObject({ dryRun: z.literal(true), counts, confirm })
  .meta({ id: 'ErasurePreview' }) satisfies z.ZodType<TenantErasurePreview>;

export const erasureSchema = z
  .strictObject({
    dryRun: z.literal(false),
    counts,
    tenantId: z.string(),
    at: time,
    by: z.string(),
    note: z.string().describe('A signed note that says all of this.'),
  })
  .meta({ id: 'Erasure' }) satisfies z.ZodType<TenantErasure>;
