import type { Failure, Problem } from '@chorale/lib-client';
import { z } from 'zod';
import { jsonObject, list } from './fields.ts';

const family = z.enum(['refused', 'temporary', 'broken']);

export const failureSchema = z
  .strictObject({
    family,
    code: z.string(),
    message: z.string(),
    action: z.string().exactOptional(),
    retryAfterMs: z.number().exactOptional(),
    data: jsonObject.exactOptional(),
    wireCode: z.int().exactOptional(),
  })
  .meta({
    id: 'Failure',
    description: 'Why something failed, as it is kept with a task or a goal.',
  }) satisfies z.ZodType<Failure>;

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().describe("The request's id, as in the server's log."),
    code: z.string().describe('Stable: what programs compare.'),
    family,
    retryable: z.boolean(),
    retryAfterMs: z.number().exactOptional(),
    action: z.string().exactOptional().describe('What can be done about it.'),
    issues: list(z.strictObject({ at: z.string(), message: z.string() })).exactOptional(),
    data: jsonObject.exactOptional(),
    wireCode: z.int().exactOptional(),
    wireName: z.string().exactOptional(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' }) satisfies z.ZodType<Problem>;
