import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeyText, readKeyText, sha256, verifySignature } from '@chorale/adapter-crypto';
import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import type { TenantId } from '@chorale/lib-ids';
import {
  filesOf,
  homeTenant,
  parseEntry,
  parseNoteKey,
  verifyLog,
  type AuditStore,
  type LogReport,
} from '@chorale/module-access';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAudit, type AuditServices } from './open-audit.ts';

const [north, south] = ['north' as TenantId, 'south' as TenantId];
const who = { kind: 'person', id: 'ann' };
let directory: string;
let stores: SqliteStores;
let now = 0;
const keyText = makeKeyText();

beforeEach(async () => {
  now = Date.UTC(2026, 10, 1);
  directory = mkdtempSync(join(tmpdir(), 'chorale-ring-'));
  stores = await openSqliteStores({ path: ':memory:' });
});
afterEach(async () => {
  await stores.close();
  rmSync(directory, { recursive: true });
});

/** One process of several, whose data directories have the same first keys. */
const open = (text = keyText, register: Parameters<typeof openAudit>[0]['register'] = stores.identity) =>
  openAudit({
    store: stores.audit,
    register,
    keys: readKeyText(text, 'the test'),
    directory: join(directory, 'keys'),
    origin: 'test/audit',
    now: () => now,
    random: Math.random,
  });

const report = (audit: AuditServices, tenantId = north) =>
  audit.record({ tenantId, who, what: 'secret.manage', on: { kind: 'secret', id: 'S' }, decision: 'done' });

async function verifyExport(audit: AuditServices, lines: readonly string[], tenantId = north): Promise<LogReport> {
  const files = filesOf(await audit.log.exportFiles(tenantId));
  const keys = lines.map((line) => parseNoteKey(sha256, line));
  return verifyLog(files, { sha256, verify: verifySignature, origin: audit.log.originOf(tenantId), keys });
}

const whats = async (tenantId = north) =>
  (await stores.audit.readEntries(tenantId, { from: 0, count: 100 })).map(({ entry }) => parseEntry(entry)!.what);

test('[AUD13] new keys sign every log, in every process, and who has the old ones verifies them without a server', async () => {
  const [one, other] = [await open(), await open()];
  for (const tenantId of [north, south]) await report(one, tenantId);
  await one.sign(north);
  const old = one.keysOf(north);
  await one.rotateKeys(who);
  expect(one.keysOf(north)).not.toEqual(old);
  expect(other.keysOf(north)).toEqual(old);
  await report(other);
  await other.sign(north);
  expect(other.keysOf(north)).toEqual(one.keysOf(north));
  for (const audit of [one, other, await open()]) {
    expect(await audit.verify(north)).toMatchObject({ ok: true });
    expect(await verifyExport(audit, old)).toMatchObject({ ok: true, entries: 3 });
    expect(await verifyExport(audit, one.keysOf(south), south)).toMatchObject({ ok: true, entries: 2 });
  }
  expect(await whats()).toEqual(['secret.manage', 'audit.keys-rotate', 'secret.manage']);
  expect((await one.statementsOf(north)).length).toBe(1);
});

test('[AUD13] keys change again, from any process', async () => {
  const [one, other] = [await open(), await open()];
  await report(one);
  await one.sign(north);
  const old = one.keysOf(north);
  await one.rotateKeys(who);
  await other.rotateKeys(who);
  await report(one);
  await one.sign(north);
  expect(one.keysOf(north)).toEqual(other.keysOf(north));
  expect(await verifyExport(one, old)).toMatchObject({ ok: true, entries: 4 });
  expect((await one.statementsOf(north)).length).toBe(2);
});

test('[AUD13] a process that is gone while it changes keys leaves a log that another one completes', async () => {
  const one = await open();
  await report(one);
  await report(one, south);
  await one.sign(north);
  await one.sign(south);
  const old = one.keysOf(south);
  // It ends after the first log has said so.
  let entries = 0;
  const execute: AuditStore['execute'] = (command) =>
    command.command === 'append-act' && ++entries > 1
      ? Promise.reject(new Error('the process is gone'))
      : stores.audit.execute(command);
  const dying = await openAudit({
    store: { ...stores.audit, execute },
    register: stores.identity,
    keys: readKeyText(keyText, 'the test'),
    directory: join(directory, 'keys'),
    origin: 'test/audit',
    now: () => now,
    random: Math.random,
  });
  await expect(dying.rotateKeys(who)).rejects.toThrow('the process is gone');
  // Meanwhile the others sign nothing: they do not know whose turn it is.
  await report(one, south);
  const before = await stores.audit.findCheckpoint(south);
  expect(await one.sign(south)).toEqual(before);
  now += 61_000;
  await one.sign(south);
  expect(await verifyExport(one, old, south)).toMatchObject({ ok: true, entries: 3 });
  expect((await whats(south)).filter((what) => what === 'audit.keys-rotate').length).toBe(1);
  expect((await whats()).filter((what) => what === 'audit.keys-rotate').length).toBe(1);
});

test('[AUD13] what is kept of the keys follows the key-encryption key, and opens with no other', async () => {
  const one = await open();
  await report(one);
  await one.rotateKeys(who);
  const row = await stores.identity.findRecord(homeTenant, 'auditKeys', 'current');
  expect(JSON.stringify(row)).not.toContain('PRIVATE KEY');
  await expect(open(makeKeyText())).rejects.toMatchObject({ code: 'audit-keys-unreadable' });
  const newer = makeKeyText();
  const renewed = await open(`${newer}\n${keyText}`);
  expect(renewed.keysOf(north)).toEqual(one.keysOf(north));
  // The old one may go.
  expect((await open(newer)).keysOf(north)).toEqual(one.keysOf(north));
});
