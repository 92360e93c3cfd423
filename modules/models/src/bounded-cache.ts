// A cache in memory that is bounded in time, in entries and in bytes; what was not used for longest goes first.
//
// Invariant: the sum of sizes never passes `bytesMax`; what is larger than an eighth of it is not kept at all.

import type { Clock } from '@chorale/lib-time';

export interface CacheLimits {
  readonly ageMsMax: number;
  readonly entriesMax: number;
  readonly bytesMax: number;
}

export interface BoundedCache<Value> {
  find(key: string): Value | undefined;
  keep(key: string, value: Value, sizeBytes: number): void;
  clear(): void;
  size(): { readonly entries: number; readonly bytes: number };
}

interface Entry<Value> {
  readonly value: Value;
  readonly sizeBytes: number;
  readonly until: number;
}

/** So that one entry cannot push out all others. */
const largestShare = 8;

export function createBoundedCache<Value>(clock: Pick<Clock, 'now'>, limits: CacheLimits): BoundedCache<Value> {
  // A map keeps the order of insertion: an entry that is used is put back at its end.
  const entries = new Map<string, Entry<Value>>();
  let bytes = 0;

  function drop(key: string): void {
    bytes -= entries.get(key)?.sizeBytes ?? 0;
    entries.delete(key);
  }

  return {
    find(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.until <= clock.now()) {
        drop(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    keep(key, value, sizeBytes) {
      drop(key);
      if (sizeBytes > limits.bytesMax / largestShare) return;
      entries.set(key, { value, sizeBytes, until: clock.now() + limits.ageMsMax });
      bytes += sizeBytes;
      while (bytes > limits.bytesMax || entries.size > limits.entriesMax) {
        const oldest = entries.keys().next().value;
        if (oldest === undefined) return;
        drop(oldest);
      }
    },
    clear() {
      entries.clear();
      bytes = 0;
    },
    size: () => ({ entries: entries.size, bytes }),
  };
}
