// What every TrustStore must do. An adapter calls this from its own test file with a way to open a store;
// `open` called twice in one test gives two views of the same data.

import { beforeEach, describe, expect, test } from 'vitest';
import type { TrustStore } from './trust-store.ts';

export interface TrustStoreFixture {
  /** Called before each test: forget everything. */
  reset(): Promise<void>;
  open(): Promise<TrustStore>;
}

export function describeTrustStore(name: string, fixture: TrustStoreFixture): void {
  describe(`${name} keeps the trust contract`, () => {
    beforeEach(() => fixture.reset());
    const project = { path: '/srv/app', contentHash: 'a'.repeat(64) };

    test('[TR1] nothing is trusted until a person says so', async () => {
      expect(await (await fixture.open()).isTrusted(project)).toBe(false);
    });

    test('[TR2] trust holds for the same path and content, also through another handle', async () => {
      await (await fixture.open()).trust(project);
      expect(await (await fixture.open()).isTrusted(project)).toBe(true);
    });

    test('[TR3] changed content or another path is not trusted', async () => {
      const store = await fixture.open();
      await store.trust(project);
      expect(await store.isTrusted({ ...project, contentHash: 'b'.repeat(64) })).toBe(false);
      expect(await store.isTrusted({ ...project, path: '/srv/other' })).toBe(false);
    });

    test('[TR4] trusting new content of a path ends the trust in the old', async () => {
      const store = await fixture.open();
      await store.trust(project);
      await store.trust({ ...project, contentHash: 'b'.repeat(64) });
      expect(await store.isTrusted(project)).toBe(false);
    });

    test('[TR5] a revoked path is not trusted, and revoking an unknown path is harmless', async () => {
      const store = await fixture.open();
      await store.trust(project);
      await store.revoke(project.path);
      await store.revoke('/never/seen');
      expect(await store.isTrusted(project)).toBe(false);
    });

    test('[TR6] the list is sorted by path', async () => {
      const store = await fixture.open();
      await store.trust({ ...project, path: '/b' });
      await store.trust({ ...project, path: '/a' });
      expect((await store.list()).map((item) => item.path)).toEqual(['/a', '/b']);
    });
  });
}
