// The spend store of the cluster.
import { CommandBatcher, type BatchLimits } from '@chorale/module-goals';
import type { SpendCommand, SpendReplies, SpendStore } from '@chorale/module-models';
import { byKeyOnly, connect, connectScheduler, inOrder } from './connect.ts';
import type { PostgresOptions } from './open-postgres-goal-store.ts';
import { PostgresSpendEngine } from './postgres-spend-engine.ts';
import { makeSpendReads } from './spend-reads.ts';

const readersMax = 2;
/** While one batch commits, the next is read; where both want the same budget, it waits there. */
const writersMax = 2;
const batches: BatchLimits = { batchMax: 500, inFlightMax: writersMax, waitingMax: 100_000 };

/** On a database whose schema is the newest. */
export function openPostgresSpend(options: PostgresOptions): { readonly spend: SpendStore; end(): Promise<void> } {
  const readers = connect(options, readersMax, inOrder);
  const writers = connect(options, writersMax, byKeyOnly);
  const scheduler = connectScheduler(options, {});
  const engine = new PostgresSpendEngine(writers, options.now);
  const batcher = new CommandBatcher<SpendCommand, SpendReplies>((commands) => engine.runBatch(commands), batches);
  return {
    spend: { ...makeSpendReads({ readers, scheduler }, options.now), execute: (command) => batcher.execute(command) },
    async end() {
      await Promise.all([readers, writers, scheduler].map((sql) => sql.end({ timeout: 5 })));
    },
  };
}
