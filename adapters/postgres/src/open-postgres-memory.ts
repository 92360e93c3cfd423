// The memory store of the cluster.
import { CommandBatcher, type BatchLimits } from '@chorale/module-goals';
import type { MemoryCommand, MemoryReplies, MemoryStore } from '@chorale/module-memory';
import { byKeyOnly, connect } from './connect.ts';
import { PostgresMemoryEngine } from './memory-engine.ts';
import { makeMemoryReads } from './memory-reads.ts';
import type { PostgresOptions } from './open-postgres-goal-store.ts';

const readersMax = 4;
/** While one batch commits, the next is read; where both write to one tenant, it waits there. */
const writersMax = 2;
/** A command may carry a hundred episodes. */
const batches: BatchLimits = { batchMax: 50, inFlightMax: writersMax, waitingMax: 100_000 };

/** On a database whose schema is the newest. */
export function openPostgresMemory(options: PostgresOptions): { readonly memory: MemoryStore; end(): Promise<void> } {
  const readers = connect(options, readersMax, byKeyOnly);
  const writers = connect(options, writersMax, byKeyOnly);
  const engine = new PostgresMemoryEngine(writers, options.now);
  const batcher = new CommandBatcher<MemoryCommand, MemoryReplies>((commands) => engine.runBatch(commands), batches);
  return {
    memory: { ...makeMemoryReads(readers, options.now), execute: (command) => batcher.execute(command) },
    async end() {
      await Promise.all([readers.end({ timeout: 5 }), writers.end({ timeout: 5 })]);
    },
  };
}
