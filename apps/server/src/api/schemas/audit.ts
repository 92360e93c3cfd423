import {
  auditDecisions,
  type AuditEntry,
  type AuditLogState,
  type AuditProof,
  type AuditReport,
} from '@chorale/lib-client';
import { z } from 'zod';
import { count, cursor, limit, list, time, timeGiven } from './fields.ts';

const party = z.strictObject({ kind: z.string(), id: z.string() });

export const auditEntrySchema = z
  .strictObject({
    no: count.describe('Its place in the log, from 0.'),
    actId: z.string(),
    at: time,
    who: party,
    what: z.string().describe('As in `secret.manage`.'),
    on: party,
    decision: z.enum(auditDecisions),
    reason: z.string().exactOptional().describe('A stable code.'),
    requestId: z.string().exactOptional(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    personal: z
      .record(z.string(), z.strictObject({ subject: z.string(), value: z.string().exactOptional() }))
      .describe('Kept beside the log; without a value where it was erased.'),
  })
  .meta({ id: 'AuditEntry' }) satisfies z.ZodType<AuditEntry>;

const word = z.string().min(1).max(256).exactOptional();

/** In a query everything is text. */
const moment = z
  .string()
  .transform((text) => (/^\d{1,15}$/.test(text) ? Number(text) : text))
  .pipe(timeGiven)
  .exactOptional();

export const auditQuerySchema = z.strictObject({
  who: word.describe('Id of who acted.'),
  on: word.describe('Id of what it was done to.'),
  what: word.describe('The whole word, or its beginning with a dot at the end, as in `secret.`.'),
  decision: z.enum(auditDecisions).exactOptional(),
  since: moment,
  until: moment,
  limit,
  after: cursor,
});

export const auditLogSchema = z
  .strictObject({
    tenant: z.string(),
    origin: z.string().describe('The name of the log in its checkpoints.'),
    size: count,
    checkpoint: z
      .strictObject({ size: count, root: z.string(), at: time, note: z.string() })
      .exactOptional()
      .describe('The newest signed head.'),
    keys: list(z.string()).describe('Keys that sign it, as C2SP signed notes write them.'),
  })
  .meta({ id: 'AuditLog' }) satisfies z.ZodType<AuditLogState>;

export const auditReportSchema = z
  .strictObject({
    ok: z.boolean(),
    entries: count,
    values: count,
    valuesErased: count,
    findings: list(z.strictObject({ code: z.string(), message: z.string() })),
  })
  .meta({ id: 'AuditReport' }) satisfies z.ZodType<AuditReport>;

export const auditProofSchema = z
  .strictObject({
    no: count,
    entry: z.string(),
    inclusion: list(z.string()),
    checkpoint: z.string(),
    statements: list(z.string()).exactOptional().describe('How the keys changed: notes, the first change first.'),
  })
  .meta({ id: 'AuditProof' }) satisfies z.ZodType<AuditProof>;
