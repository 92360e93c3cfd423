// A map that forgets what was not used for longest once it is full.

export interface BoundedMap<Value> {
  readonly size: number;
  /** Counts as a use. */
  find(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

export function createBoundedMap<Value>(sizeMax: number): BoundedMap<Value> {
  const entries = new Map<string, Value>();
  return {
    get size() {
      return entries.size;
    },
    find: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= sizeMax) return;
      const oldest = entries.keys().next();
      if (oldest.done !== true) entries.delete(oldest.value);
    },
    delete: (key) => void entries.delete(key),
  };
}
