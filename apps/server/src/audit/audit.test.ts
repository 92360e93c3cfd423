import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeyText, readKeyText } from '@chorale/adapter-crypto';
import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { parseEntry, type KeyEncryptionKeys } from '@chorale/module-access';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Beat } from '../process/beat.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { expireValues, signHeads } from './audit-beats.ts';
import { openAudit, type AuditServices } from './open-audit.ts';

const north = 'north' as TenantId;
const act = {
  tenantId: north,
  who: { kind: 'person', id: 'ann' },
  what: 'secret.manage',
  on: { kind: 'secret', id: 'S' },
};
const dayMs = 86_400_000;

let directory: string;
let stores: SqliteStores;
let clock: ManualClock;
let audit: AuditServices;
let encryption: KeyEncryptionKeys;
const said: string[] = [];
const log = { debug() {}, info() {}, warn() {}, error: (message: string) => void said.push(message), with: () => log };

function open(keys: string, store = stores.audit): Promise<AuditServices> {
  const place = { directory: join(directory, keys), origin: 'test/audit' };
  return openAudit({
    store,
    register: stores.identity,
    keys: encryption,
    ...place,
    now: () => clock.now(),
    random: Math.random,
  });
}

beforeEach(async () => {
  said.length = 0;
  directory = mkdtempSync(join(tmpdir(), 'chorale-audit-'));
  stores = await openSqliteStores({ path: ':memory:' });
  clock = new ManualClock(Date.UTC(2026, 10, 1));
  encryption = readKeyText(makeKeyText(), 'the test');
  audit = await open('keys');
});

afterEach(async () => {
  await stores.close();
  rmSync(directory, { recursive: true });
});

async function runOnce(beat: Beat): Promise<void> {
  const ended = beat.run();
  await settled();
  await beat.drain();
  await ended;
}

async function entries() {
  return (await stores.audit.readEntries(north, { from: 0, count: 100 })).map(({ entry }) => parseEntry(entry)!);
}

test('[AUD1] a change is in the log before it begins, and how it ended follows', async () => {
  const seen = await audit.recordChange(act, async () => entries());
  expect(seen).toMatchObject([{ what: 'secret.manage', decision: 'allowed', who: { id: 'ann' } }]);
  const failing = audit.recordChange(act, () => Promise.reject(refused('budget-invalid', 'no')));
  await expect(failing).rejects.toMatchObject({ code: 'budget-invalid' });
  const [first, done, second, failed] = await entries();
  expect(done).toMatchObject({ decision: 'done', detail: { act: first!.actId } });
  expect(failed).toMatchObject({ decision: 'failed', reason: 'budget-invalid', detail: { act: second!.actId } });
});

test('[AUD1] what cannot be written down is not done', async () => {
  await stores.close();
  let done = false;
  const change = audit.recordChange(act, async () => {
    done = true;
  });
  await expect(change).rejects.toMatchObject({ code: 'store-closed' });
  expect(done).toBe(false);
  stores = await openSqliteStores({ path: ':memory:' });
});

test('[AUD7] a log that has grown is signed at the next beat; new keys are in the log before they sign', async () => {
  const sign = (services: AuditServices): Promise<void> => runOnce(signHeads(services, 60_000, { clock, log }));
  await audit.record({ ...act, decision: 'done' });
  await sign(audit);
  expect(await stores.audit.findCheckpoint(north)).toMatchObject({ size: 1 });
  await sign(audit);
  expect((await entries()).length).toBe(1);

  const others = await open('other keys');
  await sign(others);
  expect((await entries()).at(-1)).toMatchObject({ what: 'audit.keys-change', decision: 'done' });
  expect(await stores.audit.findCheckpoint(north)).toMatchObject({ size: 2 });
  expect(await others.verify(north)).toMatchObject({ ok: true });
  expect(await audit.verify(north)).toMatchObject({ ok: false, findings: [{ code: 'signature-wrong' }] });
});

test('[AUD7] a log that was changed behind its back is not signed, and others are', async () => {
  await audit.record({ ...act, decision: 'done' });
  await audit.log.sign(north);
  const south = 'south' as TenantId;
  await audit.record({ ...act, tenantId: south, decision: 'done' });
  const findLog = async (tenantId: TenantId) =>
    tenantId === north ? { tenantId, size: 0, root: '' } : stores.audit.findLog(tenantId);
  const watched = await open('keys', { ...stores.audit, findLog });
  await runOnce(signHeads(watched, 60_000, { clock, log }));
  expect(said).toEqual(['an audit log was not signed']);
  expect(await stores.audit.findCheckpoint(south)).toMatchObject({ size: 1 });
});

test('[AUD8] what an entry keeps by reference goes when its class has expired', async () => {
  const personal = { address: { value: '192.0.2.7' } };
  await audit.record({ ...act, decision: 'done', retention: 'brief', personal });
  const round = async (): Promise<number> => {
    await runOnce(expireValues(audit, { clock, log }));
    return (await stores.audit.readValues(north, { from: 0, count: 10 })).length;
  };
  expect(await round()).toBe(1);
  clock.jump(31 * dayMs);
  expect(await round()).toBe(0);
  await audit.log.sign(north);
  expect(await audit.verify(north)).toMatchObject({ ok: true, valuesErased: 1 });
});
