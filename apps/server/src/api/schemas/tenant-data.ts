import type { RetentionResult, TenantErasure, TenantErasurePreview } from '@chorale/lib-client';
import { z } from 'zod';
import { count, time } from './fields.ts';

const counts = z
  .record(z.string(), count)
  .describe('Rows by table, files by place; what there is none of is left out.');
const confirm = z.string().describe('Send it to erase what was shown.');

export const erasureRequestSchema = z
  .strictObject({ confirm: z.string().min(1).max(64).exactOptional() })
  .meta({ id: 'ErasureRequest' });

export const retentionRequestSchema = z
  .strictObject({
    olderThanDays: z.int().min(1).max(36_500).describe('What is older goes.'),
    apply: z.boolean().exactOptional().describe('Without it nothing happens.'),
  })
  .meta({ id: 'RetentionRequest' });

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
