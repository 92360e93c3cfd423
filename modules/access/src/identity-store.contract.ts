// What every IdentityStore must do, whatever keeps its rows. Call it with a way to open an empty store.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityRecord, RecordKind } from './identity/identity-record.ts';
import type { IdentityStore, IdentityWrite } from './identity/identity-store.ts';

export interface OpenedIdentity {
  /** One or several on the same rows: what concurrent processes would have. */
  readonly stores: readonly [IdentityStore, ...IdentityStore[]];
  close(): Promise<void>;
}

const north = 'north' as TenantId;
const south = 'south' as TenantId;

function row(kind: RecordKind, id: string, more: Partial<IdentityRecord> = {}): IdentityRecord {
  return { tenantId: north, kind, id, version: 1, body: {}, ...more };
}

const add = (record: IdentityRecord): IdentityWrite => ({ write: 'add', record });
const replace = (record: IdentityRecord): IdentityWrite => ({ write: 'replace', record });

async function write(store: IdentityStore, tenantId: TenantId, ...writes: readonly IdentityWrite[]): Promise<boolean> {
  return (await store.execute({ command: 'write-identity', tenantId, writes })).done;
}

export function describeIdentityStore(name: string, open: () => Promise<OpenedIdentity>): void {
  describe(`identity store on ${name}`, () => {
    let opened: OpenedIdentity;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    describeWrites(() => opened);
    describeReads(() => opened);
  });
}

function describeWrites(current: () => OpenedIdentity): void {
  test('[ID1] an id and a name are given once, in a tenant and a kind', async () => {
    const [store] = current().stores;
    expect(await write(store, north, add(row('user', 'u1', { name: 'ann' })))).toBe(true);
    expect(await write(store, north, add(row('user', 'u1', { name: 'bob' })))).toBe(false);
    expect(await write(store, north, add(row('user', 'u2', { name: 'ann' })))).toBe(false);
    expect(await write(store, north, add(row('group', 'u1', { name: 'ann' })))).toBe(true);
    expect(await write(store, south, add(row('user', 'u1', { name: 'ann', tenantId: south })))).toBe(true);
    expect(await write(store, north, add(row('user', 'u3')), add(row('user', 'u4')))).toBe(true);
    expect(await write(store, north, replace(row('user', 'u3', { version: 2, name: 'ann' })))).toBe(false);
  });

  test('[ID1] what is changed is what it was taken for, and several changes are made whole or not at all', async () => {
    const [store] = current().stores;
    await write(store, north, add(row('user', 'u1', { name: 'ann' })));
    const body = { displayName: 'Ann é' } as never;
    expect(await write(store, north, replace(row('user', 'u1', { version: 2, name: 'anna', body })))).toBe(true);
    expect(await write(store, north, replace(row('user', 'u1', { version: 2, name: 'late' })))).toBe(false);
    expect(await write(store, north, add(row('session', 's1')), replace(row('user', 'u1', { version: 9 })))).toBe(
      false,
    );
    expect(await store.findRecord(north, 'session', 's1')).toBeUndefined();
    expect(await store.findRecord(north, 'user', 'u1')).toMatchObject({ version: 2, name: 'anna', body });
    expect(await write(store, north, { write: 'drop', kind: 'user', id: 'none' })).toBe(false);
  });

  test('[ID1] of many who take the same thing at once, one gets it', async () => {
    const { stores } = current();
    await write(stores[0], north, add(row('flow', 'f1')));
    const takers = Array.from({ length: 12 }, (_, no) =>
      write(stores[no % stores.length]!, north, { write: 'drop', kind: 'flow', id: 'f1' }),
    );
    expect((await Promise.all(takers)).filter(Boolean)).toHaveLength(1);
    const changes = Array.from({ length: 12 }, (_, no) =>
      write(stores[no % stores.length]!, north, add(row('attempts', 'a1')), add(row('flow', `f${no}`))),
    );
    expect((await Promise.all(changes)).filter(Boolean)).toHaveLength(1);
    expect(await stores[0].listRecords(north, 'flow', { limit: 20 })).toHaveLength(1);
  });

  test('[ID1] what is of a user goes together, and what has expired is swept', async () => {
    const [store] = current().stores;
    const records = ['a', 'b'].map((userId) => row('session', `s-${userId}`, { userId, expiresAt: 1_000 }));
    await write(store, north, ...records.map(add), add(row('key', 'k1', { userId: 'a' })), add(row('key', 'k2')));
    await write(store, south, add(row('session', 's-a', { tenantId: south, userId: 'a', expiresAt: 10 })));
    await write(store, north, { write: 'drop-of-user', userId: 'a', kinds: ['session', 'passkey'] });
    expect(await store.findRecord(north, 'session', 's-a')).toBeUndefined();
    expect(await store.findRecord(north, 'key', 'k1')).toBeDefined();
    expect(await store.findRecord(south, 'session', 's-a')).toBeDefined();
    await store.execute({ command: 'sweep-identity', tenantId: north, before: 1_000 });
    expect(await store.findRecord(north, 'session', 's-b')).toBeDefined();
    await store.execute({ command: 'sweep-identity', tenantId: north, before: 1_001 });
    expect(await store.findRecord(north, 'session', 's-b')).toBeUndefined();
    expect(await store.findRecord(north, 'key', 'k2')).toBeDefined();
  });
}

function describeReads(current: () => OpenedIdentity): void {
  test('[ID2] records are found by id and name, and listed by id, in their tenant alone', async () => {
    const [store] = current().stores;
    const made = ['g1/u1', 'g1/u2', 'g10/u1', 'g2/u1'].map((id) =>
      row('membership', id, { userId: id.split('/')[1]!, expiresAt: 7 }),
    );
    await write(store, north, ...made.map(add), add(row('user', 'u1', { name: 'ann' })));
    const ids = async (range: { readonly userId?: string; readonly idPrefix?: string; readonly after?: string }) =>
      (await store.listRecords(north, 'membership', { ...range, limit: 3 })).map(({ id }) => id);
    expect(await ids({})).toEqual(['g1/u1', 'g1/u2', 'g10/u1']);
    expect(await ids({ after: 'g1/u2' })).toEqual(['g10/u1', 'g2/u1']);
    expect(await ids({ idPrefix: 'g1/' })).toEqual(['g1/u1', 'g1/u2']);
    expect(await ids({ userId: 'u1' })).toEqual(['g1/u1', 'g10/u1', 'g2/u1']);
    expect(await store.findRecord(north, 'membership', 'g1/u2')).toEqual({ ...made[1], name: undefined });
    expect(await store.findRecordByName(north, 'user', 'ann')).toMatchObject({ id: 'u1' });
    expect(await store.findRecordByName(south, 'user', 'ann')).toBeUndefined();
    expect(await store.listRecords(south, 'user', { limit: 5 })).toEqual([]);
    expect(await store.listTenants()).toEqual([north]);
  });
}
