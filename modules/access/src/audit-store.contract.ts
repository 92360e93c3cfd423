// What every AuditStore must do, whatever keeps its rows. Call it with a way to open an empty store.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Random, TenantId } from '@chorale/lib-ids';
import { parseEntry, prepareAct, type ActId } from './audit/audit-entry.ts';
import { openAuditLog, type AuditLog, type ReportedAct } from './audit/audit-log.ts';
import type { AuditStore } from './audit/audit-store.ts';
import { appendLeaves, emptyEdge, hashLeaf, rootOf, type Sha256 } from './audit/merkle-tree.ts';
import { toBase64 } from './bytes.ts';

export interface OpenedAudit {
  /** One or several on the same rows: what concurrent processes would have. */
  readonly stores: readonly AuditStore[];
  readonly sha256: Sha256;
  close(): Promise<void>;
}

const north = 'north' as TenantId;
const south = 'south' as TenantId;
const startMs = Date.UTC(2027, 0, 15);

/** mulberry32: the same numbers in every run. */
function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function act(no: number, tenantId = north): ReportedAct {
  return {
    tenantId,
    actId: `act_${tenantId}_${no}` as ActId,
    at: startMs + no,
    who: { kind: 'person', id: `person_${no % 4}` },
    what: 'goal.submit',
    on: { kind: 'goal', id: `goal_${no % 10}` },
    decision: 'allowed',
    retention: no % 2 === 0 ? 'brief' : 'standard',
    ...(no % 3 === 0 ? { personal: { name: { value: `Ann O'Neill "${no}" \u{1f600}` } } } : {}),
  };
}

class Harness {
  readonly opened: OpenedAudit;
  readonly random = seededRandom(7);
  readonly logs: readonly AuditLog[];

  constructor(opened: OpenedAudit) {
    this.opened = opened;
    this.logs = opened.stores.map((store) =>
      openAuditLog({
        store,
        sha256: opened.sha256,
        randomBytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(this.random() * 256)),
        now: () => startMs + 10_000,
        random: this.random,
        // Signatures are tested where there are keys: here every one is good.
        verify: () => true,
        originPrefix: 'logs.example',
        signers: [{ algorithm: 'ed25519', publicKey: new Uint8Array(32), sign: async () => new Uint8Array(64) }],
      }),
    );
  }

  get store(): AuditStore {
    return this.opened.stores[0]!;
  }

  get log(): AuditLog {
    return this.logs[0]!;
  }

  /** Together, as concurrent requests report them. */
  async fill(count: number, tenantId = north, from = 0): Promise<readonly number[]> {
    const acts = Array.from({ length: count }, (_, index) => act(from + index, tenantId));
    return Promise.all(acts.map((one, index) => this.logs[index % this.logs.length]!.report(one)));
  }

  /** Through one store, so that their numbers are their order. */
  async fillInOrder(count: number, tenantId = north): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, no) => this.log.report(act(no, tenantId))));
  }

  /** The root that the entries make, from nothing. */
  async rootOfEntries(tenantId: TenantId): Promise<{ readonly size: number; readonly root: string }> {
    const { sha256 } = this.opened;
    const entries = await this.store.readEntries(tenantId, { from: 0, count: 1_000_000 });
    if (entries.some(({ no }, index) => no !== index)) throw new Error('the numbers of the entries have gaps');
    const leaves = entries.map(({ entry }) => hashLeaf(sha256, entry));
    const { edge } = appendLeaves(sha256, emptyEdge, leaves);
    return { size: edge.size, root: toBase64(rootOf(sha256, edge)) };
  }
}

export function describeAuditStore(name: string, open: () => Promise<OpenedAudit>): void {
  describe(`audit store on ${name}`, () => {
    let harness: Harness;
    beforeEach(async () => {
      harness = new Harness(await open());
    });
    afterEach(() => harness.opened.close());
    describeAppending(() => harness);
    describeValues(() => harness);
    describeReading(() => harness);
  });
}

function describeAppending(current: () => Harness): void {
  test('[AU12] every entry has a number of its own, without gaps, and the head is the root of all', async () => {
    const h = current();
    const numbers = await h.fill(600);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index));
    await h.fill(3, south);
    await h.fill(7, north, 600);
    for (const [tenantId, size] of [
      [north, 607],
      [south, 3],
    ] as const) {
      const made = await h.rootOfEntries(tenantId);
      expect(made.size).toBe(size);
      expect(await h.store.findLog(tenantId)).toEqual({ tenantId, ...made });
    }
    expect((await h.store.listLogs()).map(({ tenantId }) => tenantId)).toEqual([north, south]);
    expect(await h.store.findLog('west' as TenantId)).toBeUndefined();
  });

  test('[AU12] whoever appends at the same time, the log is one and whole', async () => {
    const h = current();
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let no = 0; no < 5; no++) await h.logs[writer % h.logs.length]!.report(act(writer * 100 + no));
    });
    await Promise.all(writers);
    expect(await h.store.findLog(north)).toEqual({ tenantId: north, ...(await h.rootOfEntries(north)) });
    await h.log.sign(north);
    expect(await h.log.verify(north)).toMatchObject({ ok: true, entries: 40 });
  });

  test('[AU6, AU12] an act that is reported again is logged once, also at the same time', async () => {
    const h = current();
    const twice = h.logs.concat(h.logs).map((log) => log.report(act(1)));
    expect(new Set(await Promise.all(twice)).size).toBe(1);
    expect(await h.log.report(act(1))).toBe(0);
    expect((await h.store.findLog(north))?.size).toBe(1);
  });

  test('[AU12] an act that is refused does not hurt those that are written with it', async () => {
    const h = current();
    const forged = prepareAct({ ...act(5), actId: 'act_x' as ActId, at: 1 }, h.opened.sha256, (n) => new Uint8Array(n));
    const command = { command: 'append-act', tenantId: south, actId: 'act_x' as ActId, ...forged } as const;
    const [good, bad, other] = await Promise.allSettled([
      h.log.report(act(1)),
      h.store.execute(command),
      h.log.report(act(2)),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'audit-entry-invalid' } });
    expect([good.status, other.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(await h.store.findLog(north)).toMatchObject({ size: 2 });
  });

  test('[AU8] checkpoints are kept, the largest is found, and two roots for one size are refused', async () => {
    const h = current();
    await h.fill(5);
    const first = (await h.log.sign(north))!;
    await h.fill(5, north, 5);
    const second = (await h.log.sign(north))!;
    await h.store.execute({ command: 'put-checkpoint', ...first });
    expect(await h.store.findCheckpoint(north)).toEqual(second);
    expect(await h.store.listCheckpoints(north, { limit: 9 })).toEqual([second, first]);
    expect(await h.store.listCheckpoints(north, { limit: 1 })).toEqual([second]);
    expect(await h.store.findCheckpoint(south)).toBeUndefined();
    const forked = { command: 'put-checkpoint', ...second, root: first.root } as const;
    await expect(h.store.execute(forked)).rejects.toMatchObject({ code: 'checkpoint-forked' });
    const ahead = { command: 'put-checkpoint', ...second, size: 11 } as const;
    await expect(h.store.execute(ahead)).rejects.toMatchObject({ code: 'checkpoint-ahead' });
  });
}

function describeValues(current: () => Harness): void {
  const subjects = async (h: Harness, tenantId = north): Promise<readonly string[]> =>
    (await h.store.readValues(tenantId, { from: 0, count: 1_000 })).map(({ no, subject }) => `${no} ${subject}`);

  test('[AU9] erasing takes the values of one subject of one tenant, with what was reported just before', async () => {
    const h = current();
    await h.fillInOrder(13);
    await h.fillInOrder(13, south);
    const [, erased] = await Promise.all([
      h.log.report({ ...act(24), who: { kind: 'person', id: 'person_3' } }),
      h.log.eraseSubject(north, 'person_3', { kind: 'person', id: 'person_1' }),
    ]);
    expect(erased).toEqual({ no: 14, values: 2 });
    expect(await subjects(h)).toEqual(['0 person_0', '6 person_2', '9 person_1', '12 person_0']);
    expect(await subjects(h, south)).toHaveLength(5);
    await h.log.report({ ...act(27), who: { kind: 'person', id: 'person_3' } });
    expect(await subjects(h)).toContain('15 person_3');
    await h.log.sign(north);
    expect(await h.log.verify(north)).toMatchObject({ ok: true, entries: 16, values: 5, valuesErased: 2 });
  });

  test('[AU9] expiry takes the values of one class before a moment', async () => {
    const h = current();
    await h.fillInOrder(13);
    const first = (await h.store.readEntries(north, { from: 0, count: 1 }))[0]!;
    const prepared = prepareAct(
      {
        ...parseEntry(first.entry)!,
        actId: 'act_expiry' as ActId,
        what: 'values.expire',
        on: { kind: 'retention', id: 'brief' },
        detail: { before: startMs + 7 },
      },
      h.opened.sha256,
      (count) => new Uint8Array(count),
    );
    const command = { command: 'expire-values', tenantId: north, retention: 'brief', before: startMs + 7 } as const;
    const expiry = { ...command, act: { ...prepared, actId: 'act_expiry' as ActId } };
    expect(await h.store.execute(expiry)).toEqual({ no: 13, values: 2 });
    expect(await h.store.execute(expiry)).toEqual({ no: 13, values: 0 });
    expect(await subjects(h)).toEqual(['3 person_3', '9 person_1', '12 person_0']);
    expect(await h.store.readValues(north, { from: 4, count: 6 })).toMatchObject([
      { no: 9, field: 'name', value: `Ann O'Neill "9" \u{1f600}` },
    ]);
    await h.log.sign(north);
    expect(await h.log.verify(north)).toMatchObject({ ok: true, values: 3, valuesErased: 2 });
  });
}

function describeReading(current: () => Harness): void {
  test('[AU12] entries are listed newest first, in pages without gaps, by who and on what', async () => {
    const h = current();
    await h.fill(1, south);
    for (let no = 0; no < 25; no++) await h.log.report(act(no));
    const numbers = async (page: Parameters<AuditStore['listEntries']>[1]): Promise<readonly number[]> =>
      (await h.store.listEntries(north, page)).map(({ no }) => no);
    expect(await numbers({ limit: 3 })).toEqual([24, 23, 22]);
    expect(await numbers({ limit: 3, before: 22 })).toEqual([21, 20, 19]);
    expect(await numbers({ limit: 9, who: 'person_1', before: 20 })).toEqual([17, 13, 9, 5, 1]);
    expect(await numbers({ limit: 9, on: 'goal_3' })).toEqual([23, 13, 3]);
    expect(await numbers({ limit: 9, on: 'goal_3', who: 'person_1' })).toEqual([13]);
    const found = await h.store.findEntry(north, 'act_north_7' as ActId);
    expect(found).toEqual((await h.store.readEntries(north, { from: 7, count: 1 }))[0]);
    expect(await h.store.findEntry(south, 'act_north_7' as ActId)).toBeUndefined();
  });

  test('[AU5] hashes are there by level and place, as far as the log goes', async () => {
    const h = current();
    await h.fill(520);
    const leaves = await h.store.readHashes(north, 0, { from: 510, count: 256 });
    const entries = await h.store.readEntries(north, { from: 510, count: 256 });
    expect(leaves).toEqual(entries.map(({ entry }) => toBase64(hashLeaf(h.opened.sha256, entry))));
    expect(leaves).toHaveLength(10);
    expect(await h.store.readHashes(north, 1, { from: 0, count: 256 })).toHaveLength(2);
    expect(await h.store.readHashes(north, 2, { from: 0, count: 256 })).toEqual([]);
    expect(await h.store.readHashes(south, 0, { from: 0, count: 256 })).toEqual([]);
  });
}
