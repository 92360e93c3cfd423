import type { SecretSummary } from '@chorale/lib-client';
import { secretLengthMax } from '@chorale/module-access';
import { z } from 'zod';
import { count, projectId, time } from './fields.ts';

const secretName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,127}$/, 'must begin with a letter; then letters, digits, _, - and . up to 128');

export const secretPath = z.strictObject({ name: secretName });

export const secretSchema = z
  .strictObject({
    projectId: z.string().describe('The goals of which may use it.'),
    name: z.string(),
    version: count.describe('The newest, which is in use.'),
    dataKey: count.describe("Number of the tenant's key that seals it."),
    createdAt: time,
    createdBy: z.string(),
  })
  .meta({ id: 'Secret' }) satisfies z.ZodType<SecretSummary>;

export const secretRequestSchema = z
  .strictObject({
    name: secretName,
    projectId: projectId.exactOptional().describe('Default: that of the key, or `default`.'),
    value: z.string().min(1).max(secretLengthMax),
  })
  .meta({ id: 'SecretRequest' });
