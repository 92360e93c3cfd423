import { createHash } from 'node:crypto';
import { canonicalJson } from '@chorale/module-goals';
import { makeId } from '@chorale/lib-ids';
import { memoryKinds, memorySensitivities, memoryStates } from '@chorale/lib-client';
import { scopeKey, type Memory, type MemoryId, type MemoryPage } from '@chorale/module-memory';
import { z } from 'zod';
import { checkScope, getMemory, mayLookIn, ownScope, scopesOf } from '../../memory/memory-access.ts';
import { requirePermission, type Caller } from '../caller.ts';
import { type ApiContext, defineRoute, type Route } from '../route.ts';
import { cursor, limit, pageOf, queryNumber, timeGiven } from '../schemas/fields.ts';
import {
  addedMemorySchema,
  kindList,
  memoryDetailsSchema,
  memoryEditSchema,
  memoryMarksSchema,
  memoryRequestSchema,
  memorySchema,
  memorySearchSchema,
  scopeList,
} from '../schemas/memory.ts';
import { episodeView, foundView, memoryView } from '../views/memory-view.ts';

export const memoryPath = z.strictObject({ memoryId: z.string().min(1).max(200) });

const limitDefault = 50;
const searchDefault = 10;
/** Memories that one replaced, one after another. */
const replacedMax = 20;
/** Claims about one subject that are looked through for what replaced one of them. */
const lineMax = 500;

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/memories',
  operation: 'listMemories',
  summary: 'List memories, newest first; of a subject: its timeline',
  tag: 'memory',
  permit: 'memory.read',
  query: z.strictObject({
    scope: scopeList.exactOptional(),
    state: z.enum(memoryStates).exactOptional(),
    kind: z.enum(memoryKinds).exactOptional(),
    session: z.string().min(1).max(200).exactOptional(),
    subject: z.string().min(1).max(200).exactOptional().describe('Only what is claimed about it, ended or not.'),
    limit,
    after: cursor,
  }),
  responses: { 200: { description: 'Memories.', schema: pageOf(memorySchema) } },
  handle: async ({ query, caller }, { services }) => {
    const scopes = await scopesOf(services, caller, query.scope);
    if (scopes.length === 0) return { status: 200, body: { items: [] } };
    const wanted = query.limit ?? limitDefault;
    const page: MemoryPage = {
      scopes,
      limit: wanted + 1,
      ...(query.after === undefined ? {} : { before: query.after as MemoryId }),
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(query.kind === undefined ? {} : { kind: query.kind }),
      ...(query.session === undefined ? {} : { sessionId: query.session }),
      ...(query.subject === undefined ? {} : { subject: query.subject }),
    };
    const found = await services.memory.listMemories(caller.tenantId, page);
    const items = found.slice(0, wanted);
    const last = items.at(-1);
    const next = found.length > wanted && last !== undefined ? { next: last.memoryId } : {};
    return { status: 200, body: { items: items.map(memoryView), ...next } };
  },
});

const search = defineRoute({
  method: 'GET',
  address: '/v1/memories/search',
  operation: 'searchMemory',
  summary: 'Search memory by words, each result with the reasons',
  description:
    'By words and their forms; by meaning as well only where an embedding model was configured. `validAt` asks for what held then, `knownAt` for what was known.',
  tag: 'memory',
  permit: 'memory.read',
  query: z.strictObject({
    text: z.string().min(1).max(2_000),
    scope: scopeList.exactOptional(),
    kind: kindList.exactOptional(),
    subject: z.string().min(1).max(200).exactOptional().describe('Only what is claimed about it or what it said.'),
    validAt: timeText().exactOptional(),
    knownAt: timeText().exactOptional(),
    sensitivity: z.enum(memorySensitivities).exactOptional().describe('The highest; default `personal`.'),
    limit: queryNumber({ min: 1, max: 100 }).exactOptional(),
  }),
  responses: { 200: { description: 'What was found, the best first.', schema: memorySearchSchema } },
  refusals: ['memory-query-invalid'],
  handle: async ({ query, caller }, { services }) => {
    const scopes = await scopesOf(services, caller, query.scope);
    const found =
      scopes.length === 0
        ? []
        : await services.memory.search({
            tenantId: caller.tenantId,
            scopes,
            text: query.text,
            limit: query.limit ?? searchDefault,
            ...(query.kind === undefined ? {} : { kinds: query.kind }),
            ...(query.subject === undefined ? {} : { subject: query.subject }),
            ...(query.validAt === undefined ? {} : { validAt: query.validAt }),
            ...(query.knownAt === undefined ? {} : { knownAt: query.knownAt }),
            ...(query.sensitivity === undefined ? {} : { sensitivity: query.sensitivity }),
          });
    return { status: 200, body: { items: found.map(foundView), scopes: scopes.map(scopeKey) } };
  },
});

/** Milliseconds are digits in a query. */
function timeText() {
  return z
    .string()
    .transform((text) => (/^\d{1,15}$/.test(text) ? Number(text) : text))
    .pipe(timeGiven);
}

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/memories/{memoryId}',
  operation: 'getMemory',
  summary: 'Get a memory with what it comes from and what it replaced',
  tag: 'memory',
  permit: 'memory.read',
  path: memoryPath,
  headers: z.object({ 'if-none-match': z.string().max(500).exactOptional() }),
  responses: {
    200: { description: 'The memory.', schema: memoryDetailsSchema, headers: { etag: 'Of what is answered.' } },
    304: { description: 'It is as it was.' },
  },
  refusals: ['memory-not-found'],
  handle: async ({ path, headers, caller }, context) => {
    const memory = await getMemory(context.services, caller, path.memoryId);
    const body = await describeMemory(context, caller, memory);
    const tag = `"${createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 32)}"`;
    const known = headers['if-none-match']?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag) === true;
    return known ? { status: 304, headers: { etag: tag } } : { status: 200, headers: { etag: tag }, body };
  },
});

async function describeMemory({ services: { memory: store, access } }: ApiContext, caller: Caller, memory: Memory) {
  const { tenantId } = caller;
  const episodes = await Promise.all(memory.provenance.map((episodeId) => store.findEpisode(tenantId, episodeId)));
  const replaced: Memory[] = [];
  for (let id = memory.supersedes; id !== undefined && replaced.length < replacedMax;) {
    const found = await store.findMemory(tenantId, id);
    if (found === undefined || !mayLookIn(access, caller, found.scope)) break;
    replaced.push(found);
    id = found.supersedes;
  }
  const line =
    memory.claim === undefined
      ? []
      : await store.listMemories(tenantId, { scopes: [memory.scope], subject: memory.claim.subject, limit: lineMax });
  const replacedBy = line.find(({ supersedes }) => supersedes === memory.memoryId);
  return {
    ...memoryView(memory),
    episodes: episodes.flatMap((episode) => (episode === undefined ? [] : [episodeView(episode)])),
    ends: memory.ends.map(({ recordedAt, validTo }) => ({ recordedAt, ...(validTo === undefined ? {} : { validTo }) })),
    replaced: replaced.map(memoryView),
    ...(replacedBy === undefined ? {} : { replacedBy: memoryView(replacedBy) }),
  };
}

const add = defineRoute({
  method: 'POST',
  address: '/v1/memories',
  operation: 'addMemory',
  summary: 'Keep something, in these words',
  description: 'The same words again are kept once. A claim ends the one that held until then.',
  tag: 'memory',
  permit: 'memory.write',
  record: 'work',
  body: memoryRequestSchema,
  responses: {
    201: { description: 'It is kept.', schema: addedMemorySchema, headers: { location: 'The memory.' } },
    200: { description: 'It was kept already.', schema: addedMemorySchema },
  },
  refusals: ['memory-invalid'],
  handle: async ({ body, caller }, { services }) => {
    const { text, scope = ownScope(caller), kind = 'semantic', ...rest } = body;
    checkScope(services.access, caller, scope);
    const memoryId: MemoryId = makeId('memory', services.now(), services.random);
    const memory = { memoryId, scope, kind, body: text, recordedBy: caller.subject, ...rest };
    const added = await services.memory.execute({ command: 'remember', tenantId: caller.tenantId, memory });
    return answerAdded(added);
  },
});

function answerAdded(added: { memory: Memory; known: boolean; superseded: readonly MemoryId[] }) {
  const { memory, known, superseded } = added;
  const body = { memory: memoryView(memory), known, superseded };
  return { status: known ? 200 : 201, headers: { location: `/v1/memories/${memory.memoryId}` }, body };
}

const edit = defineRoute({
  method: 'POST',
  address: '/v1/memories/{memoryId}/edit',
  operation: 'editMemory',
  summary: 'Replace a memory by other words',
  description: 'What it was stays as history: as of an earlier moment it is still found.',
  tag: 'memory',
  permit: 'memory.write',
  audit: ({ path }) => ({ on: { kind: 'memory', id: path.memoryId }, detail: { did: 'edit' } }),
  path: memoryPath,
  body: memoryEditSchema,
  responses: {
    201: { description: 'What holds now.', schema: addedMemorySchema, headers: { location: 'The memory.' } },
    200: { description: 'It says so already.', schema: addedMemorySchema },
  },
  refusals: ['memory-not-found', 'memory-invalid'],
  handle: async ({ path, body, caller }, { services }) => {
    const before = await getMemory(services, caller, path.memoryId);
    const { scope, kind, importance, sensitivity, retention, pinned, provenance, sessionId } = before;
    // Another text about the same is another value of the same claim.
    const claim = body.claim ?? (before.claim === undefined ? undefined : { ...before.claim, value: body.text });
    const kept = { scope, kind, importance, sensitivity, retention, pinned, provenance, sessionId };
    const memoryId: MemoryId = makeId('memory', services.now(), services.random);
    const added = await services.memory.execute({
      command: 'remember',
      tenantId: caller.tenantId,
      supersedes: before.memoryId,
      memory: {
        ...kept,
        memoryId,
        body: body.text,
        recordedBy: caller.subject,
        ...(claim === undefined ? {} : { claim }),
      },
    });
    return answerAdded(added);
  },
});

const mark = defineRoute({
  method: 'POST',
  address: '/v1/memories/{memoryId}/mark',
  operation: 'markMemory',
  summary: 'Pin a memory, or say how much it matters and how sensitive it is',
  tag: 'memory',
  permit: 'memory.write',
  audit: ({ path }) => ({ on: { kind: 'memory', id: path.memoryId }, detail: { did: 'mark' } }),
  path: memoryPath,
  body: memoryMarksSchema,
  responses: { 200: { description: 'The memory.', schema: memorySchema } },
  refusals: ['memory-not-found'],
  handle: async ({ path, body, caller }, { services }) => {
    if (body.legalHold !== undefined) requirePermission(services.access, { caller, operation: 'memory.erase' });
    const { memoryId } = await getMemory(services, caller, path.memoryId);
    const { tenantId } = caller;
    const { memory } = await services.memory.execute({ command: 'mark-memory', tenantId, memoryId, marks: body });
    return { status: 200, body: memoryView(memory) };
  },
});

const retract = defineRoute({
  method: 'POST',
  address: '/v1/memories/{memoryId}/retract',
  operation: 'retractMemory',
  summary: 'Hold a memory for true no longer',
  description: 'It stays as history and is found as of before. To delete it, forget it.',
  tag: 'memory',
  permit: 'memory.write',
  audit: ({ path }) => ({ on: { kind: 'memory', id: path.memoryId }, detail: { did: 'retract' } }),
  path: memoryPath,
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'The memory.', schema: memorySchema } },
  refusals: ['memory-not-found'],
  handle: async ({ path, caller }, { services }) => {
    const { memoryId } = await getMemory(services, caller, path.memoryId);
    const { tenantId } = caller;
    const { memory } = await services.memory.execute({ command: 'retract', tenantId, memoryId });
    return { status: 200, body: memoryView(memory) };
  },
});

export const memoryRoutes: readonly Route[] = [listAll, search, getOne, add, edit, mark, retract];
