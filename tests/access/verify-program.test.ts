// The program behind `chorale audit verify`, beside a store that is open: it takes no lock, and believes nothing but keys.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openNoteSigner, randomBytes, sha256, verifySignature } from '@chorale/adapter-crypto';
import { writeLogFolder } from '@chorale/adapter-filesystem';
import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import type { TenantId } from '@chorale/lib-ids';
import { archiveLog, formatNoteKey, openAuditLog, type AuditLog, type NoteSigner } from '@chorale/module-access';
import { afterEach, beforeEach, expect, test } from 'vitest';

const tenantId = 'default' as TenantId;
const program = join(import.meta.dirname, '..', '..', 'apps', 'server', 'src', 'audit', 'verify-main.ts');
const act = {
  tenantId,
  who: { kind: 'person', id: 'ann' },
  on: { kind: 'goal', id: 'goal_1' },
  decision: 'done' as const,
};

let directory: string;
let stores: SqliteStores;
let signers: readonly Omit<NoteSigner, 'name'>[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chorale-verify-'));
  const access = join(directory, 'access');
  signers = (['ed25519', 'ml-dsa-65'] as const).map((kind) => openNoteSigner(join(access, `audit-${kind}.pem`), kind));
  stores = await openSqliteStores({ path: join(directory, 'chorale.db') });
});

afterEach(async () => {
  await stores.close();
  rmSync(directory, { recursive: true });
});

function logOn(store: SqliteStores): AuditLog {
  const ports = {
    store: store.audit,
    sha256,
    randomBytes,
    now: Date.now,
    random: Math.random,
    verify: verifySignature,
  };
  return openAuditLog({ ...ports, originPrefix: 'test/audit', signers });
}

async function fill(store: SqliteStores, count: number, what = 'goal.submit'): Promise<AuditLog> {
  const log = logOn(store);
  for (let no = 0; no < count; no++) await log.report({ ...act, what, personal: { name: { value: `Ann ${no}` } } });
  await log.sign(tenantId);
  return log;
}

async function verify(given: object): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, ['--conditions=chorale-source', program], {
    cwd: directory,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CHORALE_AUDIT_ORIGIN: 'test/audit' },
  });
  child.stdin.end(JSON.stringify({ heads: join(directory, 'heads.json'), ...given }));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  expect(await new Promise((resolve) => void child.on('close', resolve))).toBe(0);
  return JSON.parse(printed) as Record<string, unknown>;
}

const inDatabase = () => ({ source: { from: 'database', tenant: tenantId, flags: ['--data-dir', directory] } });
const codes = ({ findings }: Record<string, unknown>) => (findings as { code: string }[]).map(({ code }) => code);

test('[AUD4] a data directory is verified beside the server that has it open, with the keys that lie there', async () => {
  await fill(stores, 5);
  expect(await verify(inDatabase())).toMatchObject({ ok: true, entries: 5, values: 5, keysAreNew: true });
  await fill(stores, 2);
  expect(await verify(inDatabase())).toMatchObject({ ok: true, entries: 7, rememberedSize: 5, keysAreNew: false });
  const database = new DatabaseSync(join(directory, 'chorale.db'));
  database.exec("UPDATE audit_entries SET entry = replace(entry, 'ann', 'bob') WHERE no = 3");
  database.close();
  expect(codes(await verify(inDatabase()))).toContain('root-wrong');
});

test('[AUD4] an export is verified without a server, with keys that are given or were seen before, and not without', async () => {
  const log = await fill(stores, 5);
  const files = await log.exportFiles(tenantId);
  writeFileSync(join(directory, 'log.tar'), archiveLog(files));
  await writeLogFolder(join(directory, 'log'), files);
  const exported = (name: string) => ({ source: { from: 'files', path: join(directory, name) } });
  expect(await verify(exported('log.tar'))).toMatchObject({ error: { code: 'audit-keys-missing' } });
  const keys = signers.map((key) => formatNoteKey(sha256, { ...key, name: 'test/audit/default' }));
  expect(await verify({ ...exported('log.tar'), keys })).toMatchObject({ ok: true, entries: 5, keysAreNew: false });
  // From here on the keys are known.
  expect(await verify(exported('log'))).toMatchObject({ ok: true, entries: 5, rememberedSize: 5 });
  writeFileSync(join(directory, 'log', 'tile', 'extra'), 'x');
  expect(codes(await verify(exported('log')))).toEqual(['file-unknown']);
  expect(await verify(exported('nothing'))).toMatchObject({ error: { code: 'audit-export-missing' } });
});

test('[AUD4] a history that was written anew with the own keys is found by who has seen the other', async () => {
  await fill(stores, 5);
  expect(await verify(inDatabase())).toMatchObject({ ok: true });
  await stores.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(directory, `chorale.db${suffix}`), { force: true });
  stores = await openSqliteStores({ path: join(directory, 'chorale.db') });
  await fill(stores, 6, 'goal.cancel');
  expect(codes(await verify(inDatabase()))).toEqual(['log-forked']);
});

test('[AUD4] the proof of an entry convinces who has the keys', async () => {
  const log = await fill(stores, 5);
  await log.report({ ...act, what: 'goal.submit', actId: 'act_1' as never });
  await log.sign(tenantId);
  const proof = (await log.proveEntry(tenantId, 'act_1' as never))!;
  const keys = signers.map((key) => formatNoteKey(sha256, { ...key, name: 'test/audit/default' }));
  expect(await verify({ proof, keys })).toMatchObject({ ok: true, findings: [] });
  expect(codes(await verify({ proof: { ...proof, no: 4 }, keys }))).toEqual(['root-wrong']);
});
