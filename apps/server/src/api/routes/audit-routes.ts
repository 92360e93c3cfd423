import { Readable } from 'node:stream';
import { refused } from '@chorale/lib-errors';
import { archiveFiles, auditKeysParty, type ActId } from '@chorale/module-access';
import { z } from 'zod';
import { actBy } from '../../audit/act-by.ts';
import { findEntries, readPersonal } from '../../audit/find-entries.ts';
import { invalidCursor } from '../page-by-number.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  auditEntrySchema,
  auditLogSchema,
  auditProofSchema,
  auditQuerySchema,
  auditReportSchema,
} from '../schemas/audit.ts';
import { count, pageOf } from '../schemas/fields.ts';
import { auditEntryView, auditLogView, auditReportView } from '../views/audit-view.ts';
import { compact } from '../views/compact.ts';

const limitDefault = 100;

const getState = defineRoute({
  method: 'GET',
  address: '/v1/audit',
  operation: 'getAuditLog',
  summary: 'Get the size of the log, its newest signed head and the keys that sign it',
  tag: 'audit',
  permit: 'audit.read',
  responses: { 200: { description: 'The log of the tenant that asks.', schema: auditLogSchema } },
  handle: async ({ caller }, { services: { audit } }) => ({
    status: 200,
    body: await auditLogView(audit, caller.tenantId),
  }),
});

const listEntries = defineRoute({
  method: 'GET',
  address: '/v1/audit/entries',
  operation: 'listAuditEntries',
  summary: 'List what was done, the newest first',
  description: 'A page may have fewer entries than asked for, or none, although `next` leads to more.',
  tag: 'audit',
  permit: 'audit.read',
  query: auditQuerySchema,
  responses: { 200: { description: 'Entries.', schema: pageOf(auditEntrySchema) } },
  refusals: ['cursor-invalid'],
  handle: async ({ query: { after, limit = limitDefault, ...filter }, ...input }, { services: { audit } }) => {
    const { tenantId } = input.caller;
    if (after !== undefined && !/^\d{1,15}$/.test(after)) throw invalidCursor();
    // Who looks is written down where looking begins, not at every page.
    if (after === undefined) {
      const on = { kind: 'audit-log', id: tenantId };
      await audit.record({ ...actBy(input), what: 'audit.read', on, decision: 'done', detail: detailOf(filter) });
    }
    const before = after === undefined ? {} : { before: Number(after) };
    const found = await findEntries(audit.store, tenantId, { ...filter, ...before, limit });
    const values = await readPersonal(audit.store, tenantId, found.entries);
    const items = found.entries.map((entry) => auditEntryView(entry, values));
    const next = found.before === undefined ? undefined : String(found.before);
    return { status: 200, body: compact({ items, next }) };
  },
});

function detailOf(filter: object): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(filter).filter((field): field is [string, string | number] => field[1] !== undefined),
  );
}

const prove = defineRoute({
  method: 'GET',
  address: '/v1/audit/entries/{actId}/proof',
  operation: 'proveAuditEntry',
  summary: 'Get the proof that an entry is in the log',
  description: 'Together with the keys it convinces whoever has nothing else.',
  tag: 'audit',
  permit: 'audit.read',
  path: z.strictObject({ actId: z.string().min(1).max(64) }),
  responses: { 200: { description: 'The entry, hashes up to a root, and the signed root.', schema: auditProofSchema } },
  refusals: ['audit-entry-not-found'],
  handle: async ({ caller, path }, { services: { audit } }) => {
    const actId = path.actId as ActId;
    if ((await audit.store.findEntry(caller.tenantId, actId)) === undefined)
      throw refused('audit-entry-not-found', `there is no entry ${path.actId}`, {
        action: 'see the log for what there is',
      });
    // An entry past the newest head is covered by one that is signed now.
    const proof =
      (await audit.log.proveEntry(caller.tenantId, actId)) ??
      (await audit.sign(caller.tenantId).then(() => audit.log.proveEntry(caller.tenantId, actId)));
    const statements = await audit.statementsOf(caller.tenantId);
    return { status: 200, body: proof && { ...proof, ...(statements.length === 0 ? {} : { statements }) } };
  },
});

const sign = defineRoute({
  method: 'POST',
  address: '/v1/audit/sign',
  operation: 'signAuditLog',
  summary: 'Sign the head of the log as it is now',
  tag: 'audit',
  permit: 'audit.read',
  record: 'none',
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'The log with its newest signed head.', schema: auditLogSchema } },
  refusals: ['audit-log-forked'],
  handle: async ({ caller }, { services: { audit } }) => {
    await audit.sign(caller.tenantId);
    return { status: 200, body: await auditLogView(audit, caller.tenantId) };
  },
});

const rotateKeys = defineRoute({
  method: 'POST',
  address: '/v1/audit/keys/rotate',
  operation: 'rotateAuditKeys',
  summary: 'Make new keys, which sign all audit logs from now on',
  description:
    'Of the whole installation. Each log says so in an entry that the keys before and the keys after have signed: whoever trusts ' +
    'the old keys is led to the new ones. All processes take them over by themselves; the old private keys are gone.',
  tag: 'audit',
  permit: 'tenant.manage',
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'The log with the new keys.', schema: auditLogSchema } },
  refusals: ['record-changed'],
  audit: () => ({ on: auditKeysParty }),
  handle: async ({ caller, request }, { services: { audit } }) => {
    await audit.rotateKeys(actBy({ caller, request }).who);
    return { status: 200, body: await auditLogView(audit, caller.tenantId) };
  },
});

const verify = defineRoute({
  method: 'POST',
  address: '/v1/audit/verify',
  operation: 'verifyAuditLog',
  summary: 'Read the whole log and say what is wrong with it',
  description: 'Who does not trust this server verifies the files of the log instead: `chorale audit verify`.',
  tag: 'audit',
  permit: 'audit.read',
  record: 'none',
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'What was verified, and what was found.', schema: auditReportSchema } },
  refusals: ['audit-log-forked'],
  handle: async ({ caller }, { services: { audit } }) => {
    await audit.sign(caller.tenantId);
    return { status: 200, body: auditReportView(await audit.verify(caller.tenantId)) };
  },
});

const exportLog = defineRoute({
  method: 'GET',
  address: '/v1/audit/export',
  operation: 'exportAuditLog',
  summary: 'Get all files of the log in one archive',
  description: 'What is verified with the keys and no server: `chorale audit verify FILE --keys KEYS`.',
  tag: 'audit',
  permit: 'audit.export',
  responses: { 200: { description: 'A tar archive.', schema: z.string(), mediaType: 'application/x-tar' } },
  refusals: ['audit-log-changed', 'audit-log-forked'],
  audit: ({ caller }) => ({ on: { kind: 'audit-log', id: caller.tenantId } }),
  handle: async ({ caller: { tenantId }, request }, { services: { audit } }) => {
    await audit.sign(tenantId);
    const headers = {
      'content-type': 'application/x-tar',
      'content-disposition': `attachment; filename="audit-${tenantId.replaceAll(/[^\w.-]/g, '_')}.tar"`,
    };
    const body = request.method === 'HEAD' ? [] : archiveFiles(audit.log.readFiles(tenantId));
    return { status: 200, headers, body: Readable.from(body, { objectMode: false }) };
  },
});

const eraseSubject = defineRoute({
  method: 'POST',
  address: '/v1/audit/subjects/{subject}/erasure',
  operation: 'eraseAuditSubject',
  summary: 'Erase what the log keeps of a person: names, addresses, what they wrote',
  description:
    'The entries stay, and so does the proof of them: they refer to people by ids. That it was erased is an entry.',
  tag: 'audit',
  permit: 'subject.erase',
  path: z.strictObject({ subject: z.string().min(1).max(256) }),
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'How many values went.', schema: z.strictObject({ values: count }) } },
  audit: ({ path: { subject } }) => ({ on: { kind: 'subject', id: subject } }),
  handle: async ({ caller, path: { subject } }, { services: { audit } }) => {
    const { kind, subject: id } = caller;
    const { values } = await audit.log.eraseSubject(caller.tenantId, subject, { kind, id });
    return { status: 200, body: { values } };
  },
});

export const auditRoutes: readonly Route[] = [
  getState,
  listEntries,
  prove,
  sign,
  rotateKeys,
  verify,
  exportLog,
  eraseSubject,
];
