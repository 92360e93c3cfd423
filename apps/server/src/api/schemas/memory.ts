import {
  episodeOutcomes,
  memoryKinds,
  memoryRetentions,
  memoryScopeKinds,
  memorySensitivities,
  memoryStates,
  speakerRoles,
  type AddedMemory,
  type Episode,
  type FoundMemory,
  type Memory,
  type MemoryDetails,
  type MemorySearch,
  type MemorySummary,
} from '@chorale/lib-client';
import type { MemoryScope } from '@chorale/module-memory';
import { z } from 'zod';
import { count, list, time, timeGiven } from './fields.ts';

const scopeIdMax = 300;
const share = z.number().min(0).max(1);
const kind = z.enum(memoryKinds);
const sensitivity = z.enum(memorySensitivities);
const id = z.string().min(1).max(200);

function readScope(text: string): MemoryScope | undefined {
  const at = text.indexOf('/');
  const found = memoryScopeKinds.find((one) => one === text.slice(0, at));
  const scopeId = text.slice(at + 1);
  return found === undefined || scopeId === '' ? undefined : { kind: found, id: scopeId };
}

const scopeForm = `must be a kind and a name like user/ann; kinds are ${memoryScopeKinds.join(', ')}`;

export const scope = z
  .string()
  .max(scopeIdMax + 8)
  .transform((text, context) => {
    const found = readScope(text);
    if (found !== undefined) return found;
    context.addIssue(scopeForm);
    return z.NEVER;
  })
  .describe('Kind and name, like `user/ann`.');

const scopesMax = 50;

/** In a query: scopes with commas between; a comma of a name is `%2C`, a percent sign `%25`. */
export const scopeList = z
  .string()
  .max(4_000)
  .transform((text, context) => {
    const scopes = text.split(',').map((one) =>
      readScope(
        one
          .replaceAll(/%2C/gi, ',')
          .replaceAll('%25', '%')
          .slice(0, scopeIdMax + 8),
      ),
    );
    const known = scopes.filter((one) => one !== undefined);
    if (known.length === scopes.length && known.length <= scopesMax) return known;
    context.addIssue(known.length === scopes.length ? `has more than ${scopesMax} scopes` : scopeForm);
    return z.NEVER;
  })
  .describe('Scopes like `user/ann`, with commas between; none: all that the caller may look in, 50 at most.');

export const kindList = z
  .string()
  .max(100)
  .transform((text) => text.split(','))
  .pipe(z.array(kind))
  .describe(`Kinds with commas between: ${memoryKinds.join(', ')}.`);

const claim = z.strictObject({ subject: id, attribute: id, value: z.string().min(1).max(2_000) });

const memoryFields = {
  memoryId: z.string(),
  scope: z.string(),
  kind,
  state: z.enum(memoryStates),
  stateReason: z.string().exactOptional().describe('Why it is in quarantine.'),
  text: z.string(),
  claim: claim.exactOptional(),
  sessionId: z.string().exactOptional(),
  speaker: z.string(),
  role: z.enum(speakerRoles),
  validFrom: time,
  validTo: time.exactOptional(),
  recordedAt: time,
  retractedAt: time.exactOptional(),
  provenance: list(z.string()).describe('Episodes it comes from.'),
  recordedBy: z.string(),
  supersedes: z.string().exactOptional(),
  confidence: share,
  importance: share,
  sensitivity,
  expiresAt: time.exactOptional(),
  pinned: z.boolean(),
  legalHold: z.boolean(),
  lastUsedAt: time.exactOptional(),
  uses: count,
};

export const memorySchema = z.strictObject(memoryFields).meta({ id: 'Memory' }) satisfies z.ZodType<Memory>;

const episodeSchema = z
  .strictObject({
    episodeId: z.string(),
    scope: z.string(),
    sessionId: z.string(),
    speaker: z.string(),
    role: z.enum(speakerRoles),
    text: z.string(),
    occurredAt: time,
    recordedAt: time,
  })
  .meta({ id: 'Episode' }) satisfies z.ZodType<Episode>;

export const memoryDetailsSchema = z
  .strictObject({
    ...memoryFields,
    episodes: list(episodeSchema).describe('What it comes from, word for word.'),
    ends: list(z.strictObject({ recordedAt: time, validTo: time.exactOptional() })),
    replaced: list(memorySchema).describe('What it replaced, the latest first.'),
    replacedBy: memorySchema.exactOptional(),
  })
  .meta({ id: 'MemoryDetails' }) satisfies z.ZodType<MemoryDetails>;

const foundMemory = z.strictObject({
  memory: memorySchema,
  score: z.number(),
  parts: z.strictObject({
    words: z.number(),
    date: z.number(),
    speaker: z.number(),
    role: z.number(),
    telling: z.number(),
    decay: z.number(),
    importance: z.number(),
    meaning: z.number(),
  }),
  lifted: z.boolean(),
  matched: list(z.string()),
  why: list(z.string()).describe('The parts in sentences.'),
}) satisfies z.ZodType<FoundMemory>;

export const memorySearchSchema = z
  .strictObject({ items: list(foundMemory), scopes: list(z.string()).describe('Where was looked.') })
  .meta({ id: 'MemorySearch' }) satisfies z.ZodType<MemorySearch>;

const text = z.string().min(1).max(20_000);

export const memoryRequestSchema = z
  .strictObject({
    text,
    scope: scope.exactOptional().describe("Default: the caller's own."),
    kind: kind.exactOptional().describe('Default `semantic`.'),
    claim: claim.exactOptional().describe('A later claim about the same subject and attribute ends it.'),
    importance: share.exactOptional(),
    sensitivity: sensitivity.exactOptional(),
    retention: z.enum(memoryRetentions).exactOptional(),
    pinned: z.boolean().exactOptional(),
    validFrom: timeGiven.exactOptional(),
    validTo: timeGiven.exactOptional(),
  })
  .meta({ id: 'MemoryRequest' });

export const addedMemorySchema = z
  .strictObject({ memory: memorySchema, known: z.boolean(), superseded: list(z.string()) })
  .meta({ id: 'AddedMemory' }) satisfies z.ZodType<AddedMemory>;

export const memoryEditSchema = z.strictObject({ text, claim: claim.exactOptional() }).meta({ id: 'MemoryEdit' });

export const memoryMarksSchema = z
  .strictObject({
    pinned: z.boolean().exactOptional(),
    importance: share.exactOptional(),
    sensitivity: sensitivity.exactOptional(),
    legalHold: z.boolean().exactOptional().describe('May not be forgotten until it is lifted; needs `memory.erase`.'),
  })
  .meta({ id: 'MemoryMarks' });

const episodesMax = 100;

export const episodeRequestsSchema = z
  .strictObject({
    episodes: z
      .array(
        z.strictObject({
          episodeId: id.exactOptional().describe('Kept once under one id, however often it is sent.'),
          scope: scope.exactOptional(),
          sessionId: id,
          speaker: id.exactOptional().describe('Default: the caller.'),
          role: z.enum(speakerRoles).exactOptional(),
          text: z.string().min(1).max(100_000),
          occurredAt: timeGiven.exactOptional(),
        }),
      )
      .min(1)
      .max(episodesMax),
  })
  .meta({ id: 'EpisodeRequests' });

export const episodeOutcomesSchema = z
  .strictObject({
    outcomes: list(
      z.strictObject({
        episodeId: z.string(),
        outcome: z.enum(episodeOutcomes),
        reason: z.string().exactOptional(),
        memories: list(z.string()),
      }),
    ),
  })
  .meta({ id: 'EpisodeOutcomes' });

export const forgetRequestSchema = z
  .strictObject({
    memoryIds: z.array(id).min(1).max(500).exactOptional(),
    scope: scope.exactOptional(),
    session: id.exactOptional(),
    speaker: id.exactOptional(),
    subject: id.exactOptional(),
    canaries: z
      .array(z.string().max(200))
      .max(20)
      .exactOptional()
      .describe('Words that must be nowhere in the tenant afterwards; the receipt says what was found.'),
    dryRun: z.boolean().exactOptional(),
  })
  .refine(({ memoryIds, scope }) => (memoryIds === undefined) !== (scope === undefined), {
    message: 'must name either memories or a scope',
  })
  .refine(
    ({ session, speaker, subject }) => [session, speaker, subject].filter((one) => one !== undefined).length < 2,
    {
      message: 'must name one of session, speaker and subject, or none for the whole scope',
    },
  )
  .meta({ id: 'ForgetRequest' });

export const receiptSchema = z
  .strictObject({
    receiptId: z.string(),
    scope: z.string(),
    requestedBy: z.string(),
    erasedAt: time,
    memories: count,
    episodes: count,
    held: count,
    canaries: count.exactOptional().describe('How many words and ids were looked for in all that is kept.'),
    traces: count.exactOptional().describe('In how many rows they were found.'),
    note: z.string().exactOptional().describe('The receipt, signed with the keys of the audit log.'),
  })
  .meta({ id: 'MemoryReceipt' });

export const forgottenSchema = z
  .strictObject({
    dryRun: z.boolean(),
    memories: count,
    episodes: count,
    held: count.describe('Under legal hold: still there.'),
    receipts: list(receiptSchema),
    sample: list(memorySchema).describe('On a dry run the first of those that would go.'),
  })
  .meta({ id: 'Forgotten' });

export const memoryStatsSchema = z
  .strictObject({
    active: count,
    quarantined: count,
    retracted: count,
    episodes: count,
    scopes: list(z.strictObject({ scope: z.string(), memories: count })),
  })
  .meta({ id: 'MemoryStats' });

export const summaryRequestSchema = z
  .strictObject({
    session: z.string().min(1).max(200),
    scope: scope.exactOptional().describe("Default the caller's own."),
    tokensMax: z.int().min(50).max(4_000).exactOptional().describe('How long it may be; default 400.'),
  })
  .meta({ id: 'SummaryRequest' });

export const memorySummarySchema = z
  .strictObject({
    memory: memorySchema,
    by: z.enum(['extract', 'model']).describe('`extract`: sentences of the session itself.'),
    turns: count,
  })
  .meta({ id: 'MemorySummary' }) satisfies z.ZodType<MemorySummary>;
