import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { TenantId } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import { fromBase64, sameBytes, utf8Bytes } from '../bytes.ts';
import { archiveLog, unarchiveLog } from './archive-log.ts';
import { parseEntry, prepareAct, type ActId } from './audit-entry.ts';
import { openAuditLog, type AuditLog, type ReportedAct } from './audit-log.ts';
import { openMemoryAuditStore, type MemoryAuditStore } from './audit-memory.fixture.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { filesOf } from './log-files.ts';
import { hashLeaf, type Sha256 } from './merkle-tree.ts';
import type { NoteSigner, VerifySignature } from './signed-note.ts';
import { verifyLog, type LogTrust } from './verify-log.ts';
import { verifyInclusion } from './verify-proof.ts';

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
const person = { kind: 'person', id: 'person_1' };

function makeSigner(): Omit<NoteSigner, 'name'> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(spki.length));
  return { algorithm: 'ed25519', publicKey: raw, sign: async (text) => sign(null, text, privateKey) };
}

/** mulberry32: the same numbers for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ownKey = makeSigner();

interface Stage {
  readonly log: AuditLog;
  readonly store: MemoryAuditStore;
  readonly clock: { now: number };
  readonly trust: LogTrust;
  fill(count: number): Promise<void>;
}

function openStage(): Stage {
  const store = openMemoryAuditStore(sha256);
  const clock = { now: Date.UTC(2027, 0, 15) };
  const random = seededRandom(5);
  const log = openAuditLog({
    store,
    sha256,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
    now: () => clock.now,
    random,
    verify: verifyEd25519,
    originPrefix: 'chorale.example/audit',
    signers: [ownKey],
  });
  const trust = { sha256, verify: verifyEd25519, origin, keys: [ownKey] };
  const fill = async (count: number): Promise<void> => {
    for (let no = 0; no < count; no++) await log.report(act(no));
  };
  return { log, store, clock, trust, fill };
}

function act(no: number): ReportedAct {
  return {
    tenantId: north,
    who: { kind: 'person', id: `person_${no % 5}` },
    what: 'goal.submit',
    on: { kind: 'goal', id: `goal_${no}` },
    decision: no % 7 === 0 ? 'refused' : 'allowed',
    requestId: `req_${no}`,
    retention: no % 2 === 0 ? 'brief' : 'long',
    ...(no % 3 === 0 ? { personal: { email: { value: `ann${no}@example.com` } } } : {}),
  };
}

const codesOf = (report: { readonly findings: readonly { readonly code: string }[] }): readonly string[] =>
  report.findings.map(({ code }) => code);

describe('entries', () => {
  test('[AU6] an entry says who did what on what, what was decided, when and for which request, in one way to write it', async () => {
    const { log, store } = openStage();
    const no = await log.report({ ...act(1), reason: 'role-missing', detail: { b: 1, a: 'x' } });
    const [row] = await store.readEntries(north, { from: no, count: 1 });
    expect(parseEntry(row!.entry)).toMatchObject({
      tenantId: north,
      who: { kind: 'person', id: 'person_1' },
      what: 'goal.submit',
      on: { kind: 'goal', id: 'goal_1' },
      decision: 'allowed',
      reason: 'role-missing',
      requestId: 'req_1',
      at: Date.UTC(2027, 0, 15),
      detail: { a: 'x', b: 1 },
    });
    expect(parseEntry(row!.entry.replace('"a":"x","b":1', '"b":1,"a":"x"'))).toBeUndefined();
    expect(parseEntry(`${row!.entry} `)).toBeUndefined();
    expect(parseEntry('{"v":2}')).toBeUndefined();
  });

  test('[AU6] nothing in an act keeps it out of the log: what is odd is replaced, what is long is cut', async () => {
    const { log, store } = openStage();
    const odd = '\u0000\ud800\n'.repeat(10_000);
    await log.report({
      ...act(1),
      who: { kind: odd, id: odd },
      what: odd,
      on: { kind: 'goal', id: odd },
      reason: odd,
      requestId: odd,
      detail: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}${odd}`, odd])),
      personal: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}${odd}`, { value: odd }])),
    });
    const [row] = await store.readEntries(north, { from: 0, count: 1 });
    expect(utf8Bytes(row!.entry).length).toBeLessThan(65_536);
    expect(row!.entry).not.toMatch(/\\u0000|\\ud800/);
    expect(parseEntry(row!.entry)?.what).toMatch(/^\uFFFD{255}\u2026$/u);
  });

  test('[AU6] an act that is reported again is logged once, and one under a false name is refused', async () => {
    const { log, store } = openStage();
    const actId = 'act_1' as ActId;
    expect(await log.report({ ...act(1), actId })).toBe(0);
    expect(await log.report({ ...act(2), actId })).toBe(0);
    expect((await store.findLog(north))?.size).toBe(1);
    const forged = prepareAct({ ...act(3), actId, at: 1 }, sha256, (count) => new Uint8Array(count));
    const command = { command: 'append-act', tenantId: 'south' as TenantId, actId, ...forged } as const;
    await expect(store.execute(command)).rejects.toMatchObject({ code: 'audit-entry-invalid' });
  });

  test('[AU7] what is personal is not in the entry, and the same value is never referred to alike', async () => {
    const { log, store } = openStage();
    for (const no of [3, 6]) await log.report({ ...act(no), personal: { email: { value: 'ann@example.com' } } });
    const entries = (await store.readEntries(north, { from: 0, count: 2 })).map(({ entry }) => parseEntry(entry)!);
    expect(JSON.stringify(entries)).not.toContain('ann@');
    expect(entries[0]!.kept.email!.hash).not.toBe(entries[1]!.kept.email!.hash);
    const values = await store.readValues(north, { from: 0, count: 2 });
    expect(values.map(({ no, value, subject }) => [no, value, subject])).toEqual([
      [0, 'ann@example.com', 'person_3'],
      [1, 'ann@example.com', 'person_1'],
    ]);
  });
});

describe('signing', () => {
  test('[AU8] a head is signed once for each size, and the next only where it continues it', async () => {
    const { log, store, fill } = openStage();
    expect(await log.sign(north)).toBeUndefined();
    await fill(300);
    const first = await log.sign(north);
    expect(await log.sign(north)).toEqual(first);
    await fill(10);
    const second = await log.sign(north);
    expect([first?.size, second?.size]).toEqual([300, 310]);
    const stale = { command: 'put-checkpoint', ...first! } as const;
    await store.execute(stale);
    expect((await store.findCheckpoint(north))?.size).toBe(310);
    await expect(store.execute({ ...stale, size: 310 })).rejects.toMatchObject({ code: 'checkpoint-forked' });
    await expect(store.execute({ ...stale, size: 311 })).rejects.toMatchObject({ code: 'checkpoint-ahead' });
  });

  test('[AU8] rows that were changed after they were signed are not signed again', async () => {
    const { log, store, fill } = openStage();
    await fill(20);
    await log.sign(north);
    await fill(20);
    const changed: MemoryAuditStore = {
      ...store,
      readHashes: async (tenantId, level, range) => {
        const hashes = await store.readHashes(tenantId, level, range);
        return range.from <= 3 && 3 < range.from + range.count ? hashes.with(3 - range.from, hashes[0]!) : hashes;
      },
    };
    const other = openAuditLog({ ...optionsOf(changed), signers: [ownKey] });
    await expect(other.sign(north)).rejects.toMatchObject({ family: 'broken', code: 'audit-log-forked' });
  });

  test('[AU3] an entry is proved to somebody who has the key and nothing else', async () => {
    const { log, fill } = openStage();
    await fill(300);
    const actId = 'act_of_interest' as ActId;
    await log.report({ ...act(300), actId });
    expect(await log.proveEntry(north, actId)).toBeUndefined();
    await log.sign(north);
    await fill(5);
    const proof = (await log.proveEntry(north, actId))!;
    const head = parseCheckpoint(proof.checkpoint)!.checkpoint;
    const inclusion = proof.inclusion.map((hash) => fromBase64(hash)!);
    const claim = { leaf: proof.no, leafHash: hashLeaf(sha256, proof.entry), head, proof: inclusion };
    expect(verifyInclusion(sha256, claim)).toBe(true);
    const forged = proof.entry.replace('"allowed"', '"refused"');
    expect(verifyInclusion(sha256, { ...claim, leafHash: hashLeaf(sha256, forged) })).toBe(false);
    expect(await log.proveEntry(north, 'act_none' as ActId)).toBeUndefined();
  });
});

function optionsOf(store: MemoryAuditStore) {
  return {
    store,
    sha256,
    randomBytes: (count: number) => new Uint8Array(count),
    now: () => 5,
    random: seededRandom(9),
    verify: verifyEd25519,
    originPrefix: 'chorale.example/audit',
  };
}

describe('erasure', () => {
  test('[AU9] erasing a subject deletes its values, says so in the log, and leaves the log whole', async () => {
    const { log, store, trust, fill } = openStage();
    await fill(300);
    const { no, values } = await log.eraseSubject(north, 'person_3', person);
    expect([no, values]).toEqual([300, 20]);
    expect((await store.readValues(north, { from: 0, count: 400 })).some(({ subject }) => subject === 'person_3')).toBe(
      false,
    );
    await fill(4);
    await log.sign(north);
    const report = await verifyLog(filesOf(await log.exportFiles(north)), trust);
    expect(report).toMatchObject({ ok: true, entries: 305, valuesErased: 20, values: 82 });
    expect(await log.verify(north)).toEqual(report);
  });

  test('[AU9] a value that went without an entry that says so is found', async () => {
    const { log, store, fill } = openStage();
    await fill(10);
    await log.sign(north);
    const careless: MemoryAuditStore = {
      ...store,
      readValues: async (tenantId, range) => (await store.readValues(tenantId, range)).slice(1),
    };
    const report = await openAuditLog({ ...optionsOf(careless), signers: [ownKey] }).verify(north);
    expect(codesOf(report)).toEqual(['value-missing']);
  });

  test('[AU9] values go when their class says so, and those of longer classes stay', async () => {
    const { log, store, clock, trust, fill } = openStage();
    await fill(12);
    expect(await log.expireValues(north)).toBe(0);
    expect((await store.findLog(north))?.size).toBe(12);
    clock.now += 31 * 86_400_000;
    await fill(3);
    expect(await log.expireValues(north)).toBe(2);
    expect(await log.expireValues(north)).toBe(0);
    await log.sign(north);
    const report = await verifyLog(filesOf(await log.exportFiles(north)), trust);
    expect(report).toMatchObject({ ok: true, entries: 16, values: 3, valuesErased: 2 });
  });

  test('[AU9] an export during which values went is refused as one to repeat', async () => {
    const { log, fill } = openStage();
    await fill(5);
    await log.sign(north);
    await log.eraseSubject(north, 'person_3', person);
    await expect(log.exportFiles(north)).rejects.toMatchObject({ family: 'temporary', code: 'audit-log-changed' });
  });
});

describe('verification', () => {
  test('[AU10] a log without entries, and one without a checkpoint, are told apart from a good one', async () => {
    const { log, trust, fill } = openStage();
    expect(codesOf(await verifyLog(filesOf(new Map()), trust))).toEqual(['checkpoint-missing']);
    await fill(3);
    expect(codesOf(await log.verify(north))).toEqual(['checkpoint-missing']);
    await log.sign(north);
    expect(await log.verify(north)).toMatchObject({ ok: true, entries: 3 });
    await fill(3);
    expect(await log.verify(north)).toMatchObject({ ok: true, entries: 6, checkpoint: { size: 3 } });
  });

  test('[AU10] a log under another key, origin or name, or with nobody to trust, is not good', async () => {
    const { log, trust, fill } = openStage();
    await fill(3);
    await log.sign(north);
    const files = filesOf(await log.exportFiles(north));
    expect((await verifyLog(files, trust)).ok).toBe(true);
    expect(codesOf(await verifyLog(files, { ...trust, keys: [makeSigner()] }))).toEqual(['signature-wrong']);
    expect(codesOf(await verifyLog(files, { ...trust, keys: [] }))).toEqual(['signature-wrong']);
    expect(codesOf(await verifyLog(files, { ...trust, origin: 'other.example' }))).toContain('origin-wrong');
  });

  test('[AU10] an archive gives the files back, and one bit of it is missed nowhere', async () => {
    const { log, fill } = openStage();
    await fill(5);
    await log.sign(north);
    const files = await log.exportFiles(north);
    const archive = archiveLog(files);
    expect([...unarchiveLog(archive)]).toEqual([...files]);
    const random = seededRandom(3);
    for (let tries = 0; tries < 300; tries++) {
      const at = Math.floor(random() * archive.length);
      const flipped = archive.with(at, archive[at]! ^ (1 << Math.floor(random() * 8)));
      const isSame = ((): boolean => {
        try {
          const found = unarchiveLog(flipped);
          return [...files].every(([path, bytes]) => sameBytes(found.get(path) ?? utf8Bytes('gone'), bytes));
        } catch {
          return false;
        }
      })();
      expect(isSame, `bit at ${at}`).toBe(false);
    }
    expect(() => unarchiveLog(archive.slice(0, 700))).toThrow('not as it was written');
  });
});
