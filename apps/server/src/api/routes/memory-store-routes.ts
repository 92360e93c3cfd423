// What concerns the whole of a memory: what is said goes in, quarantine, forgetting, counts, export and import.
import { Readable } from 'node:stream';
import { makeId } from '@chorale/lib-ids';
import { scopeKey, type Memory } from '@chorale/module-memory';
import { z } from 'zod';
import { exportMemory } from '../../memory/export-memory.ts';
import { forgetMemories, previewForgetting, type Forgetting } from '../../memory/forget-memories.ts';
import { checkScope, getMemory, mayLookIn, ownScope } from '../../memory/memory-access.ts';
import type { Caller } from '../caller.ts';
import { type ApiContext, defineRoute, type Route } from '../route.ts';
import { count, pageOf } from '../schemas/fields.ts';
import { memoryImportSchema, rowsOf } from '../schemas/memory-rows.ts';
import {
  episodeOutcomesSchema,
  episodeRequestsSchema,
  forgetRequestSchema,
  forgottenSchema,
  memorySchema,
  memoryStatsSchema,
  receiptSchema,
} from '../schemas/memory.ts';
import { compact } from '../views/compact.ts';
import { memoryView, receiptView } from '../views/memory-view.ts';
import { memoryPath } from './memory-routes.ts';

const scopesMax = 1_000;

const record = defineRoute({
  method: 'POST',
  address: '/v1/episodes',
  operation: 'recordEpisodes',
  summary: 'Keep what was said or done, word for word',
  description:
    'Each passes the gate: repeats, echoes of what was recalled and noise are kept nowhere, and what gives orders goes to quarantine.',
  tag: 'memory',
  permit: 'memory.write',
  record: 'work',
  body: episodeRequestsSchema,
  responses: { 200: { description: 'What became of each.', schema: episodeOutcomesSchema } },
  refusals: ['memory-invalid'],
  handle: async ({ body, caller }, { services }) => {
    const episodes = body.episodes.map((episode) => {
      const { scope = ownScope(caller), speaker = caller.subject, role = 'person', ...rest } = episode;
      checkScope(services.access, caller, scope);
      const episodeId = episode.episodeId ?? makeId<'episode'>('episode', services.now(), services.random);
      const occurredAt = episode.occurredAt ?? services.now();
      // Who is said to have spoken is for the sender to say; who sent it is not.
      const recordedBy = caller.subject;
      return { ...rest, episodeId: episodeId as never, scope, speaker, role, occurredAt, recordedBy };
    });
    const { tenantId } = caller;
    const { outcomes } = await services.memory.execute({ command: 'record-episodes', tenantId, episodes });
    return { status: 200, body: { outcomes: outcomes.map(compact) } };
  },
});

const review = defineRoute({
  method: 'POST',
  address: '/v1/memories/{memoryId}/review',
  operation: 'reviewMemory',
  summary: 'Admit what is in quarantine, or delete it',
  tag: 'memory',
  permit: 'memory.write',
  record: 'itself',
  path: memoryPath,
  body: z.strictObject({ decision: z.enum(['admit', 'reject']) }),
  responses: { 200: { description: 'The memory as it is, or as it was.', schema: memorySchema } },
  refusals: ['memory-not-found'],
  handle: async ({ path, body, caller, request }, { services }) => {
    const { memoryId } = await getMemory(services, caller, path.memoryId);
    const { tenantId } = caller;
    const { decision } = body;
    const { memory } = await services.audit.recordChange(
      actOf(caller, request.id, { what: `memory.${decision}`, on: memoryId }),
      () => services.memory.execute({ command: 'review-memory', tenantId, memoryId, decision }),
    );
    return { status: 200, body: memoryView(memory) };
  },
});

function actOf(caller: Caller, requestId: string, { what, on }: { readonly what: string; readonly on: string }) {
  const { tenantId, subject, kind } = caller;
  return { tenantId, who: { kind, id: subject }, what, on: { kind: 'memory', id: on }, requestId };
}

const forget = defineRoute({
  method: 'POST',
  address: '/v1/memories/forget',
  operation: 'forgetMemories',
  summary: 'Delete memories for good, with everything made of the same and what it came from',
  description: 'Gives receipts that say how much went and not what. With `dryRun` it only says what would go.',
  tag: 'memory',
  permit: 'memory.erase',
  record: 'itself',
  body: forgetRequestSchema,
  responses: { 200: { description: 'What went, or would go.', schema: forgottenSchema } },
  refusals: ['memory-not-found', 'memory-held', 'memory-invalid'],
  handle: async ({ body, caller, request }, context) => {
    const { services } = context;
    const forgetting = forgettingOf(context, caller);
    const { dryRun = false, memoryIds, scope, ...rest } = body;
    const memories: Memory[] = [];
    for (const id of memoryIds ?? []) memories.push(await getMemory(services, caller, id));
    const what = scope === undefined ? { memories } : { scope, ...rest };
    if (dryRun) {
      const { sample, ...counts } = await previewForgetting(forgetting, what);
      return { status: 200, body: { dryRun, ...counts, receipts: [], sample: sample.map(memoryView) } };
    }
    const on = scope === undefined ? (memoryIds?.join(' ').slice(0, 200) ?? '') : scopeKey(scope);
    const gone = await services.audit.recordChange(actOf(caller, request.id, { what: 'memory.erase', on }), () =>
      forgetMemories(forgetting, what),
    );
    const receipts = gone.receipts.map(receiptView);
    return { status: 200, body: { dryRun, ...gone, receipts, sample: [] } };
  },
});

function forgettingOf({ services }: ApiContext, { tenantId, subject }: Caller): Forgetting {
  const { memory, erasedPlaces: places, audit, now, random } = services;
  const sign = (text: string) => audit.signText(tenantId, text);
  return { store: memory, world: { memory, places, sign }, tenantId, requestedBy: subject, now, random };
}

const receipts = defineRoute({
  method: 'GET',
  address: '/v1/memories/receipts',
  operation: 'listMemoryReceipts',
  summary: 'List what was forgotten: how much, when and for whom',
  tag: 'memory',
  permit: 'memory.erase',
  responses: { 200: { description: 'Receipts, oldest first.', schema: pageOf(receiptSchema) } },
  handle: async ({ caller }, { services }) => {
    const found = await services.memory.listReceipts(caller.tenantId);
    return { status: 200, body: { items: found.map(receiptView) } };
  },
});

const stats = defineRoute({
  method: 'GET',
  address: '/v1/memories/stats',
  operation: 'memoryStats',
  summary: 'Count memories, by state and by scope',
  tag: 'memory',
  permit: 'memory.read',
  responses: { 200: { description: 'Counts; scopes that the caller may look in.', schema: memoryStatsSchema } },
  handle: async ({ caller }, { services }) => {
    const counts = await services.memory.countMemories(caller.tenantId);
    const all = await services.memory.listScopes(caller.tenantId, scopesMax);
    const scopes = all
      .filter(({ scope }) => mayLookIn(services.access, caller, scope))
      .map(({ scope, memories }) => ({ scope: scopeKey(scope), memories }));
    return { status: 200, body: { ...counts, scopes } };
  },
});

const exportAll = defineRoute({
  method: 'GET',
  address: '/v1/memories/export',
  operation: 'exportMemory',
  summary: 'Get the whole memory of the tenant as JSON lines',
  description: 'The last line is the manifest: how many lines of each kind, and the SHA-256 of those before it.',
  tag: 'memory',
  permit: 'tenant.export',
  responses: { 200: { description: 'JSON lines.', schema: z.string(), mediaType: 'application/x-ndjson' } },
  handle: async ({ caller, request }, { services }) => {
    const { tenantId } = caller;
    await services.audit.record({
      ...actOf(caller, request.id, { what: 'memory.export', on: tenantId }),
      decision: 'allowed',
    });
    const lines = request.method === 'HEAD' ? [] : exportMemory(services.memory, tenantId);
    const headers = { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' };
    return { status: 200, headers, body: Readable.from(lines, { objectMode: false }) };
  },
});

const importSome = defineRoute({
  method: 'POST',
  address: '/v1/memories/import',
  operation: 'importMemory',
  summary: 'Put lines of an export back',
  tag: 'memory',
  permit: 'memory.erase',
  record: 'itself',
  body: memoryImportSchema,
  responses: {
    200: { description: 'How many are new.', schema: z.strictObject({ added: count, known: count }) },
  },
  handle: async ({ body, caller, request }, { services }) => {
    const { tenantId } = caller;
    const reply = await services.audit.recordChange(
      actOf(caller, request.id, { what: 'memory.import', on: tenantId }),
      () => services.memory.execute({ command: 'import-rows', tenantId, rows: rowsOf(body.rows) }),
    );
    return { status: 200, body: reply };
  },
});

export const memoryStoreRoutes: readonly Route[] = [record, review, forget, receipts, stats, exportAll, importSome];
