// The memory store of the cluster.
import { CommandBatcher, type BatchLimits } from '@chorale/module-goals';
import type { MemoryCommand, MemoryReplies, MemoryStore } from '@chorale/module-memory';
import { byKeyOnly, connect, connectScheduler } from './connect.ts';
import { PostgresMemoryEngine } from './memory-engine.ts';
import { makeMemoryReads } from './memory-reads.ts';
import { withStoreErrors } from './postgres-errors.ts';
import type { PostgresOptions } from './open-postgres-goal-store.ts';

const readersMax = 4;
/** While one batch commits, the next is read; where both write to one tenant, it waits there. */
const writersMax = 2;
/** A command may carry a hundred episodes. */
const batches: BatchLimits = { batchMax: 50, inFlightMax: writersMax, waitingMax: 100_000 };

// By key, and planned each time: a plan that was made while the tables were empty takes any index of the tenant for as good
// as the key, and read all memories of the tenant for each row (2,000 episodes took 28 s instead of 1).
const settings = { ...byKeyOnly, plan_cache_mode: 'force_custom_plan' };

/** On a database whose schema is the newest. */
export function openPostgresMemory(options: PostgresOptions): { readonly memory: MemoryStore; end(): Promise<void> } {
  const readers = connect(options, readersMax, settings);
  const writers = connect(options, writersMax, settings);
  const scheduler = connectScheduler(options, settings);
  const engine = new PostgresMemoryEngine(writers, options.now);
  const batcher = new CommandBatcher<MemoryCommand, MemoryReplies>((commands) => engine.runBatch(commands), batches);
  return {
    memory: {
      ...withStoreErrors(makeMemoryReads({ readers, scheduler }, options.now)),
      execute: (command) => batcher.execute(command),
    },
    async end() {
      await Promise.all([readers, writers, scheduler].map((sql) => sql.end({ timeout: 5 })));
    },
  };
}
