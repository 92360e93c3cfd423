// What was read a moment ago, for whoever asks for the same.
//
// Owns:       copies. Does not own the rows: whoever changes them says so, by `forget`.
// Invariants: RC1 of those who ask for the same at once one reads, and all have what it read.
//             RC2 what is forgotten is not given any more, not even by a reading that had begun before.
//             RC3 nothing is given longer than `keptMs` after it was read, whether anybody said that it changed or not.
//             RC4 what is not there, and what could not be read, is asked for again.
//             RC5 no more than `entriesMax` are kept.

export interface ReadCache {
  /** `Row` is JSON: what is undefined in it may be missing. */
  read<Row extends object>(key: string, load: () => Promise<Row | undefined>): Promise<Row | undefined>;
  /** Never rejects: what cannot be forgotten is gone after `keptMs`. */
  forget(keys: readonly string[]): Promise<void>;
}

export interface ReadCacheLimits {
  readonly keptMs: number;
  readonly entriesMax: number;
  readonly now: () => number;
}

interface Kept {
  readonly row: object;
  readonly until: number;
}

/** In the memory of one process. */
export function openMemoryReadCache({
  keptMs,
  entriesMax,
  now,
}: ReadCacheLimits): ReadCache & { readonly size: number } {
  const kept = new Map<string, Kept>();
  const loading = new Map<string, Promise<object | undefined>>();
  const keep = (key: string, row: object, readAt: number): void => {
    kept.delete(key);
    kept.set(key, { row, until: readAt + keptMs });
    const [oldest] = kept.keys();
    if (kept.size > entriesMax && oldest !== undefined) kept.delete(oldest);
  };
  const loadAnew = async (key: string, load: () => Promise<object | undefined>): Promise<object | undefined> => {
    const readAt = now();
    const asked = load();
    loading.set(key, asked);
    try {
      const row = await asked;
      if (row !== undefined && loading.get(key) === asked) keep(key, row, readAt);
      return row;
    } finally {
      if (loading.get(key) === asked) loading.delete(key);
    }
  };
  return {
    get size() {
      return kept.size;
    },
    read<Row extends object>(key: string, load: () => Promise<Row | undefined>): Promise<Row | undefined> {
      const found = kept.get(key);
      if (found !== undefined && found.until > now()) return Promise.resolve(found.row as Row);
      return (loading.get(key) ?? loadAnew(key, load)) as Promise<Row | undefined>;
    },
    forget(keys) {
      for (const key of keys) {
        kept.delete(key);
        loading.delete(key);
      }
      return Promise.resolve();
    },
  };
}

/** What the nearer one does not have, the farther one is asked for before it is read. Given for as long as both keep it together. */
export function layerReadCaches(near: ReadCache, far: ReadCache): ReadCache {
  return {
    read: (key, load) => near.read(key, () => far.read(key, load)),
    async forget(keys) {
      // Again afterwards: the nearer one may have asked the farther one in between.
      await near.forget(keys);
      await far.forget(keys);
      await near.forget(keys);
    },
  };
}
