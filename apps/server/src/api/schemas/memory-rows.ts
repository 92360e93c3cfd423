// Lines of an export of memory, as they come back.
import {
  memoryKinds,
  memoryRetentions,
  memoryScopeKinds,
  memorySensitivities,
  memoryStates,
  speakerRoles,
} from '@chorale/lib-client';
import type { EpisodeId, ExportedRow, MemoryId } from '@chorale/module-memory';
import { z } from 'zod';
import { count } from './fields.ts';

// Fields of nested objects stand in the order in which they are exported: zod gives them in that of the schema, and an
// export of what was imported has the same bytes.

const id = z.string().min(1).max(200);
const memoryId = z.custom<MemoryId>((value) => id.safeParse(value).success, 'must be the id of a memory');
const episodeId = z.custom<EpisodeId>((value) => id.safeParse(value).success, 'must be the id of an episode');
const moment = z.int();
const share = z.number().min(0).max(1);

const scope = z.strictObject({ kind: z.enum(memoryScopeKinds), id: z.string().min(1).max(300) });

const episodeRow = z.strictObject({
  row: z.literal('episode'),
  episodeId,
  scope,
  sessionId: z.string().max(200),
  speaker: id,
  role: z.enum(speakerRoles),
  text: z.string().max(100_000),
  occurredAt: moment,
  recordedAt: moment,
});

const memoryRow = z.strictObject({
  row: z.literal('memory'),
  body: z.string().max(100_000),
  claim: z.strictObject({ subject: z.string(), attribute: z.string(), value: z.string() }).exactOptional(),
  confidence: share,
  ends: z.array(z.strictObject({ recordedAt: moment, validTo: moment.exactOptional() })),
  expiresAt: moment.exactOptional(),
  importance: share,
  kind: z.enum(memoryKinds),
  lastUsedAt: moment.exactOptional(),
  legalHold: z.boolean(),
  memoryId,
  pinned: z.boolean(),
  provenance: z.array(episodeId).max(1_000),
  recordedAt: moment,
  recordedBy: id,
  retention: z.enum(memoryRetentions),
  retractedAt: moment.exactOptional(),
  role: z.enum(speakerRoles),
  scope,
  sensitivity: z.enum(memorySensitivities),
  sessionId: z.string().max(200),
  speaker: id,
  state: z.enum(memoryStates),
  stateReason: z.string().max(500).exactOptional(),
  supersedes: memoryId.exactOptional(),
  uses: count,
  validFrom: moment,
  validTo: moment.exactOptional(),
  position: count,
});

const rowsMax = 500;

export const memoryImportSchema = z
  .strictObject({
    rows: z
      .array(z.discriminatedUnion('row', [episodeRow, memoryRow]))
      .min(1)
      .max(rowsMax),
  })
  .describe('Lines of an export, without its manifest; those that are there already stay as they are.')
  .meta({ id: 'MemoryImport' });

/** What is missing in JSON is missing in the rows. */
export function rowsOf(rows: z.output<typeof memoryImportSchema>['rows']): readonly ExportedRow[] {
  return rows as unknown as readonly ExportedRow[];
}
