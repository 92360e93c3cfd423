import type { ImportReport, LegalHold, MemoryImport } from '@chorale/lib-client';
import { z } from 'zod';
import { count, list, time, timeGiven } from './fields.ts';
import { scope } from './memory.ts';

const filesMax = 2_000;
const pathMax = 1_000;

export const stateImportSchema = z
  .strictObject({
    files: z
      .array(z.strictObject({ path: z.string().min(1).max(pathMax), text: z.string(), modifiedAt: timeGiven }))
      .min(1)
      .max(filesMax)
      .describe('Files of `.agent_state/` and `.agent_knowledge/`, as they are.'),
    scope: scope.exactOptional().describe("Where it goes; default the caller's own."),
    dryRun: z.boolean().exactOptional().describe('Only says what would come.'),
  })
  .meta({ id: 'StateImportRequest' });

const importedFile = z.strictObject({
  path: z.string(),
  sha256: z.string(),
  outcome: z.enum(['read', 'left-out', 'broken']),
  reason: z.string().exactOptional(),
  memories: count,
  turns: count,
  skipped: count.describe('Entries that make no sense.'),
});

const importCounts = {
  importId: z.string(),
  source: z.string(),
  scope: z.string(),
  requestedBy: z.string(),
  files: list(importedFile),
  added: count,
  known: count.describe('There already.'),
  keptOut: count.describe('Turns that the gate kept out.'),
};

export const importReportSchema = z
  .strictObject({
    ...importCounts,
    dryRun: z.boolean(),
    verified: count.describe('Of what was added: read again, and as it is in the files.'),
  })
  .meta({ id: 'ImportReport' }) satisfies z.ZodType<ImportReport>;

export const memoryImportedSchema = z
  .strictObject({ ...importCounts, importedAt: time, rolledBackAt: time.exactOptional() })
  .meta({ id: 'MemoryImported' }) satisfies z.ZodType<MemoryImport>;

export const holdRequestSchema = z
  .strictObject({ scope, reason: z.string().min(1).max(1_000) })
  .meta({ id: 'LegalHoldRequest' });

export const holdSchema = z
  .strictObject({
    holdId: z.string(),
    scope: z.string(),
    reason: z.string(),
    placedBy: z.string(),
    placedAt: time,
  })
  .meta({ id: 'LegalHold' }) satisfies z.ZodType<LegalHold>;
