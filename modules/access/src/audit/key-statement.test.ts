import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { TenantId } from '@chorale/lib-ids';
import { beforeEach, expect, test } from 'vitest';
import type { ActId } from './audit-entry.ts';
import { openAuditLog, type AuditLog } from './audit-log.ts';
import { openMemoryAuditStore, type MemoryAuditStore } from './audit-memory.fixture.ts';
import { filesOf } from './log-files.ts';
import type { Sha256 } from './merkle-tree.ts';
import type { NoteSigner, VerifySignature } from './signed-note.ts';
import { verifyEntryProof } from './verify-entry-proof.ts';
import { verifyLog, type LogKey } from './verify-log.ts';
import { statementIn } from './key-statement.ts';
import { parseEntry } from './audit-entry.ts';

type Signer = Omit<NoteSigner, 'name'>;

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();
const spki = Buffer.from('302a300506032b6570032100', 'hex');
const verifyEd25519: VerifySignature = ({ publicKey }, text, signature) =>
  verify(
    null,
    text,
    createPublicKey({ key: Buffer.concat([spki, publicKey]), format: 'der', type: 'spki' }),
    signature,
  );
const north = 'north' as TenantId;
const origin = 'chorale.example/audit/north';
const who = { kind: 'person', id: 'ann' };

function makeSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(spki.length));
  return { algorithm: 'ed25519', publicKey: raw, sign: async (text) => sign(null, text, privateKey) };
}

let store: MemoryAuditStore;
let keys: readonly Signer[];
let log: AuditLog;
const [first, second, third] = [[makeSigner()], [makeSigner()], [makeSigner()]];

beforeEach(() => {
  store = openMemoryAuditStore(sha256);
  keys = first;
  let seed = 1;
  log = openAuditLog({
    store,
    sha256,
    randomBytes: (count) => new Uint8Array(count),
    now: () => 1_000,
    random: () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647,
    verify: verifyEd25519,
    originPrefix: 'chorale.example/audit',
    get signers() {
      return keys;
    },
  });
});

const report = () => log.report({ tenantId: north, who, what: 'goal.submit', on: who, decision: 'done' });

async function changeTo(after: readonly Signer[]): Promise<void> {
  await log.stateKeys({ tenantId: north, who, before: keys, after });
  keys = after;
}

async function verifyWith(trusted: readonly LogKey[]) {
  const files = filesOf(await log.exportFiles(north));
  return verifyLog(files, { sha256, verify: verifyEd25519, origin, keys: trusted });
}

test('[AU15] whoever trusts the first keys, or any that came after, is led to those that sign now', async () => {
  await report();
  await log.sign(north);
  await changeTo(second);
  await report();
  await changeTo(third);
  await report();
  await log.sign(north);
  for (const trusted of [first, second, third]) {
    const found = await verifyWith(trusted);
    expect(found).toMatchObject({ ok: true, findings: [] });
    expect(found.keys[0]!.publicKey).toEqual(third[0]!.publicKey);
  }
  expect(await verifyWith([makeSigner()])).toMatchObject({ ok: false, findings: [{ code: 'signature-wrong' }] });
});

test('[AU15] keys that were given up sign nothing behind the entry that says so', async () => {
  await report();
  await changeTo(second);
  keys = first;
  await report();
  await log.sign(north);
  for (const trusted of [first, second])
    expect(await verifyWith(trusted)).toMatchObject({ ok: false, findings: [{ code: 'signature-wrong' }] });
});

test('[AU15] a head that does not cover the change is signed by the keys before', async () => {
  await report();
  await log.sign(north);
  await changeTo(second);
  expect(await verifyWith(first)).toMatchObject({ ok: true, entries: 1 });
});

test('[AU15] a change that the trusted keys have not signed leads nowhere', async () => {
  await report();
  const strangers = [makeSigner()];
  await log.stateKeys({ tenantId: north, who, before: strangers, after: second });
  await log.sign(north);
  expect(await verifyWith(first)).toMatchObject({ ok: true });
  // Signed by all that are trusted, but not by the one that it names.
  const silent = { ...second[0]!, sign: async () => new Uint8Array(64) };
  await log.stateKeys({ tenantId: north, who, before: first, after: [silent] });
  await log.sign(north);
  const found = await verifyWith(first);
  expect(found.ok).toBe(true);
  expect(found.keys).toEqual(first);
});

test('[AU15] the proof of an entry has the changes with it, and holds for who has older keys', async () => {
  const actId = 'act_1' as ActId;
  await log.report({ tenantId: north, who, what: 'goal.submit', on: who, decision: 'done', actId });
  await changeTo(second);
  await log.sign(north);
  const proof = (await log.proveEntry(north, actId))!;
  const entries = await store.readEntries(north, { from: 0, count: 10 });
  const statements = entries.flatMap(({ entry }) => statementIn(parseEntry(entry)!) ?? []);
  expect(statements.length).toBe(1);
  const trust = { sha256, verify: verifyEd25519, origin, keys: first };
  expect(verifyEntryProof({ ...proof, statements }, trust)).toEqual([]);
  expect(verifyEntryProof(proof, trust)).toMatchObject([{ code: 'signature-wrong' }]);
  expect(verifyEntryProof(proof, { ...trust, keys: second })).toEqual([]);
});
