// What comes into memory from older systems, and goes again.
import { createHash } from 'node:crypto';
import { makeId } from '@chorale/lib-ids';
import { importAgentState, rollBackImport, scopeKey, type ImportId } from '@chorale/module-memory';
import { z } from 'zod';
import { checkScope, mayLookIn, ownScope } from '../../memory/memory-access.ts';
import { defineRoute, type Route } from '../route.ts';
import { count, pageOf } from '../schemas/fields.ts';
import { importReportSchema, memoryImportedSchema, stateImportSchema } from '../schemas/memory-import.ts';
import { compact } from '../views/compact.ts';

/** Of an older agent's files; more go in several imports. */
const filesBytesMax = 32 * 1024 * 1024;

const importState = defineRoute({
  method: 'POST',
  address: '/v1/memories/imports/agent-state',
  operation: 'importAgentState',
  summary: 'Bring in what an older agent system kept in .agent_state and .agent_knowledge',
  description:
    'Goals, what was done and seen, chats and what was learned become memories. Repeated, it adds nothing. Files that cannot be read are named and hinder no other.',
  tag: 'memory',
  permit: 'memory.write',
  bodySizeBytesMax: filesBytesMax,
  body: stateImportSchema,
  responses: { 200: { description: 'What came, or would come.', schema: importReportSchema } },
  refusals: ['memory-invalid'],
  audit: ({ caller, body }) => ({
    on: { kind: 'memory', id: scopeKey(body.scope ?? ownScope(caller)) },
    detail: { import: 'agent-state', files: body.files.length, dryRun: body.dryRun === true },
  }),
  handle: async ({ body, caller }, { services }) => {
    const { scope = ownScope(caller), files, dryRun = false } = body;
    checkScope(services.access, caller, scope);
    const importId: ImportId = makeId('import', services.now(), services.random);
    const world = { memory: services.memory, sha256 };
    const { tenantId, subject: requestedBy } = caller;
    const report = await importAgentState(world, { tenantId, importId, scope, requestedBy, files, dryRun });
    return { status: 200, body: { ...report, scope: scopeKey(scope) } };
  },
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/memories/imports',
  operation: 'listMemoryImports',
  summary: 'List what was brought into memory from older systems, newest first',
  tag: 'memory',
  permit: 'memory.read',
  responses: { 200: { description: 'Imports.', schema: pageOf(memoryImportedSchema) } },
  handle: async ({ caller }, { services }) => {
    const all = await services.memory.listImports(caller.tenantId);
    const items = all
      .filter(({ scope }) => mayLookIn(services.access, caller, scope))
      .map(({ tenantId: _tenant, sessions: _sessions, scope, ...rest }) =>
        compact({ ...rest, scope: scopeKey(scope) }),
      );
    return { status: 200, body: { items } };
  },
});

const rollBack = defineRoute({
  method: 'POST',
  address: '/v1/memories/imports/{importId}/roll-back',
  operation: 'rollBackMemoryImport',
  summary: 'Take out all that an import brought, and nothing else',
  tag: 'memory',
  permit: 'memory.erase',
  path: z.strictObject({ importId: z.string().min(1).max(200) }),
  body: z.strictObject({}),
  bodyOptional: true,
  responses: {
    200: {
      description: 'How many memories went; none when it was rolled back before.',
      schema: z.strictObject({ memories: count }),
    },
  },
  refusals: ['import-not-found', 'memory-held'],
  audit: ({ path }) => ({ on: { kind: 'memory-import', id: path.importId }, detail: { rolledBack: true } }),
  handle: async ({ path, caller }, { services }) => {
    const { memory, erasedPlaces: places, audit, now, random } = services;
    const { tenantId, subject: requestedBy } = caller;
    const world = { memory, places, sign: (text: string) => audit.signText(tenantId, text) };
    const newReceiptId = () => makeId<'receipt'>('receipt', now(), random);
    const importId = path.importId as ImportId;
    const memories = await rollBackImport(world, { tenantId, importId, requestedBy, newReceiptId });
    return { status: 200, body: { memories } };
  },
});

export const memoryImportRoutes: readonly Route[] = [importState, listAll, rollBack];
