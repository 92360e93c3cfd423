// What every SessionStateStore must do. Call it with a way to open an empty store, once or several times on the same states.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantId } from '@chorale/lib-ids';
import type { SessionKey, SessionStateStore } from './session-state.ts';

export interface SessionClock {
  now: number;
}

/** One or several on the same states: what the processes of a cluster would have. */
export type OpenSessionStates = (clock: SessionClock) => Promise<readonly SessionStateStore[]>;

const key: SessionKey = {
  tenantId: 'north' as TenantId,
  scope: { kind: 'user', id: 'ann' },
  sessionId: 'a/b "c" é',
};

export function describeSessionStates(name: string, open: OpenSessionStates): void {
  describe(`session states in ${name}`, () => {
    let stores: readonly SessionStateStore[];
    let store: SessionStateStore;
    const clock = { now: 0 };
    beforeEach(async () => {
      clock.now = Date.UTC(2027, 0, 15);
      stores = await open(clock);
      store = stores[0]!;
    });
    afterEach(async () => {
      for (const opened of stores) await opened.close();
    });

    test('[MS1] what was put is found as it was, under its tenant, scope and session alone', async () => {
      const value = { step: 3, notes: ['é', null, true], nested: { zero: 0 } };
      const put = await store.put(key, { expectedVersion: 0, value });
      expect(put).toEqual({ ...key, version: 1, value, changedAt: clock.now });
      expect(await stores.at(-1)!.find(key)).toEqual(put);
      expect(await store.find({ ...key, tenantId: 'south' as TenantId })).toBeUndefined();
      expect(await store.find({ ...key, scope: { kind: 'team', id: 'ann' } })).toBeUndefined();
      expect(await store.find({ ...key, sessionId: 'b' })).toBeUndefined();
      await store.drop(key);
      expect(await store.find(key)).toBeUndefined();
      expect(await store.listUnsaved(10)).toEqual([]);
    });

    test('[MS6] all of a tenant is dropped, saved or not, and nothing of another', async () => {
      const others = ['nort', 'north2', '*', 'south'].map((tenant) => ({ ...key, tenantId: tenant as TenantId }));
      for (const other of others) await store.put(other, { expectedVersion: 0, value: 1 });
      await store.put(key, { expectedVersion: 0, value: 1 });
      await store.put({ ...key, sessionId: 'saved' }, { expectedVersion: 0, value: 1 });
      await store.noteSaved({ ...key, sessionId: 'saved' }, 1);
      expect(await stores.at(-1)!.countTenant(key.tenantId)).toBe(2);
      await stores.at(-1)!.dropTenant(key.tenantId);
      expect(await store.countTenant(key.tenantId)).toBe(0);
      expect(await store.find(key)).toBeUndefined();
      expect(await store.find({ ...key, sessionId: 'saved' })).toBeUndefined();
      await store.dropTenant('*' as TenantId);
      expect((await store.listUnsaved(10)).map(({ tenantId }) => tenantId).toSorted()).toEqual([
        'nort',
        'north2',
        'south',
      ]);
    });

    test('[MS2] of writers from one version one succeeds, and the others are told which version is there', async () => {
      const writers = Array.from({ length: 8 }, (_, index) =>
        stores[index % stores.length]!.put(key, { expectedVersion: 0, value: index }),
      );
      const results = await Promise.allSettled(writers);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const failed = { code: 'session-state-changed', data: { version: 1 } };
      await expect(store.put(key, { expectedVersion: 0, value: 9 })).rejects.toMatchObject(failed);
      expect(await store.put(key, { expectedVersion: 1, value: 'next' })).toMatchObject({ version: 2 });
      const gone = { ...key, sessionId: 'none' };
      const none = { code: 'session-state-changed', data: { version: 0 } };
      await expect(store.put(gone, { expectedVersion: 4, value: 9 })).rejects.toMatchObject(none);
      const value = 'x'.repeat(262_143);
      await expect(store.put(key, { expectedVersion: 2, value })).rejects.toMatchObject({
        code: 'session-state-too-large',
      });
    });

    test('[MS3] what was not saved is listed, the longest waiting first, until its newest version was', async () => {
      const other = { ...key, sessionId: 'other' };
      await store.put(key, { expectedVersion: 0, value: 1 });
      clock.now += 1_000;
      await store.put(other, { expectedVersion: 0, value: 1 });
      clock.now += 1_000;
      await store.put(key, { expectedVersion: 1, value: 2 });
      expect((await store.listUnsaved(10)).map(({ sessionId }) => sessionId)).toEqual([key.sessionId, 'other']);
      expect(await store.listUnsaved(1)).toHaveLength(1);
      await store.noteSaved(key, 1);
      expect(await store.listUnsaved(10)).toHaveLength(2);
      await store.noteSaved(key, 2);
      expect((await store.listUnsaved(10)).map(({ sessionId }) => sessionId)).toEqual(['other']);
      await store.noteSaved({ ...key, sessionId: 'never' }, 1);
      expect(await store.find(key)).toMatchObject({ version: 2, value: 2 });
    });

    test('[MS4] what was saved is put back where nothing newer is, and is not unsaved by that', async () => {
      const saved = { ...key, version: 7, value: { from: 'rows' }, changedAt: clock.now - 5_000 };
      expect(await store.restore(saved)).toEqual(saved);
      expect(await store.find(key)).toEqual(saved);
      expect(await store.listUnsaved(10)).toEqual([]);
      const put = await store.put(key, { expectedVersion: 7, value: 'newer' });
      expect(await store.restore(saved)).toEqual(put);
      expect(await store.listUnsaved(10)).toEqual([put]);
    });
  });
}
