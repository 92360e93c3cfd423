// What every cache of rows must do, wherever it keeps them.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReadCache } from './read-cache.ts';

export interface ReadCacheHarness {
  /** Of processes that share what they keep; where nothing is shared, one. */
  readonly caches: readonly ReadCache[];
  /** Waits, or moves the clock. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

interface Row {
  readonly no: number;
}

/** Opens caches that keep a row for `keptMs`. */
export function describeReadCache(where: string, open: (keptMs: number) => Promise<ReadCacheHarness>): void {
  describe(`a cache of rows, ${where}`, () => {
    const keptMs = 1_000;
    let harness: ReadCacheHarness;
    let loads: number;
    const load = async (): Promise<Row> => ({ no: ++loads });
    const first = (): ReadCache => harness.caches[0]!;
    const last = (): ReadCache => harness.caches.at(-1)!;
    // As when each process hears of a change.
    const forgetAll = async (keys: readonly string[]): Promise<void> => {
      await Promise.all(harness.caches.map((cache) => cache.forget(keys)));
    };
    beforeEach(async () => {
      loads = 0;
      harness = await open(keptMs);
    });
    afterEach(() => harness.close());

    test('[RC1] of a hundred who ask at once one reads; who asks a moment later has the same', async () => {
      const found = await Promise.all(Array.from({ length: 100 }, () => first().read('goal a', load)));
      expect(new Set(found.map((row) => row?.no))).toEqual(new Set([1]));
      expect(await first().read('goal a', load)).toEqual({ no: 1 });
      expect(await last().read('goal a', load)).toEqual({ no: 1 });
      expect(await first().read('goal b', load)).toEqual({ no: 2 });
    });

    test('[RC2] what is forgotten is read again', async () => {
      await first().read('goal a', load);
      await forgetAll(['goal a', 'goal b']);
      expect(await last().read('goal a', load)).toEqual({ no: 2 });
    });

    test('[RC2] what was being read when it was forgotten is given to who asked before, and kept for nobody', async () => {
      let finish: (row: Row) => void = () => undefined;
      let begun: () => void = () => undefined;
      const hasBegun = new Promise<void>((resolve) => (begun = resolve));
      const slow = first().read('goal a', () => {
        begun();
        return new Promise<Row>((resolve) => (finish = resolve));
      });
      await hasBegun;
      await forgetAll(['goal a']);
      const fresh = first().read('goal a', load);
      expect(await fresh).toEqual({ no: 1 });
      finish({ no: 99 });
      expect(await slow).toEqual({ no: 99 });
      for (const cache of harness.caches) expect((await cache.read('goal a', load))?.no).not.toBe(99);
    });

    test('[RC3] nothing is given for longer than it is kept', async () => {
      await first().read('goal a', load);
      await harness.pass(keptMs + 50);
      expect(await last().read('goal a', load)).toEqual({ no: 2 });
    });

    test('[RC4] what is not there, and what could not be read, is asked for again', async () => {
      expect(await first().read<Row>('goal a', async () => undefined)).toBeUndefined();
      await expect(first().read<Row>('goal a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
      expect(await first().read('goal a', load)).toEqual({ no: 1 });
    });
  });
}
