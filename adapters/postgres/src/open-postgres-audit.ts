// The audit logs of the cluster.
import { CommandBatcher, type BatchLimits } from '@chorale/module-goals';
import type { AuditCommand, AuditReplies, AuditStore } from '@chorale/module-access';
import { PostgresAuditEngine } from './audit-engine.ts';
import { makeAuditReads } from './audit-reads.ts';
import { byKeyOnly, connect, connectScheduler, inOrder } from './connect.ts';
import { withStoreErrors } from './postgres-errors.ts';
import type { PostgresOptions } from './open-postgres-goal-store.ts';

const readersMax = 2;
/** While one batch commits, the next is prepared; where both append to one log, it waits there. */
const writersMax = 2;
const batches: BatchLimits = { batchMax: 500, inFlightMax: writersMax, waitingMax: 100_000 };

/** On a database whose schema is the newest. */
export function openPostgresAudit(options: PostgresOptions): { readonly audit: AuditStore; end(): Promise<void> } {
  const readers = connect(options, readersMax, inOrder);
  const writers = connect(options, writersMax, byKeyOnly);
  const scheduler = connectScheduler(options, {});
  const engine = new PostgresAuditEngine(writers);
  const batcher = new CommandBatcher<AuditCommand, AuditReplies>((commands) => engine.runBatch(commands), batches);
  return {
    audit: {
      ...withStoreErrors(makeAuditReads({ readers, scheduler })),
      execute: (command) => batcher.execute(command),
    },
    async end() {
      await Promise.all([readers, writers, scheduler].map((sql) => sql.end({ timeout: 5 })));
    },
  };
}
