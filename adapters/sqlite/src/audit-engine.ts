// Audit logs on a connection: commands in and replies out, a batch in one transaction, everything synchronous.
import { toErrorRecord } from '@chorale/lib-errors';
import { AuditSet, executeAudit, type AuditCommand } from '@chorale/module-access';
import type { Outcome } from '@chorale/module-goals';
import { SqliteAuditReads } from './audit-reads.ts';
import { SqliteAuditRows } from './audit-rows.ts';
import { runBatch, type PartBatch } from './run-batch.ts';
import { sha256 } from './sha256.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export class SqliteAuditEngine {
  readonly database: SqliteDatabase;
  readonly reads: SqliteAuditReads;
  readonly #rows: SqliteAuditRows;

  constructor(database: SqliteDatabase) {
    this.database = database;
    this.#rows = new SqliteAuditRows(database.statements);
    this.reads = new SqliteAuditReads(database.statements);
  }

  runBatch(commands: readonly AuditCommand[]): PartBatch {
    return runBatch(this, commands);
  }

  transact(commands: readonly AuditCommand[]): PartBatch {
    try {
      return this.database.transact(() => {
        const set = new AuditSet(this.#rows, sha256);
        const outcomes = commands.map((command) => attempt(set, command));
        this.#rows.write(set.changes());
        return { outcomes };
      });
    } catch (cause) {
      const error = toErrorRecord(cause);
      return { outcomes: commands.map(() => ({ error })) };
    }
  }

  /** What goes on while the disk is nearly full is logged, too; what the log may not say must not be done. */
  isKeeping(): boolean {
    return true;
  }
}

function attempt(set: AuditSet, command: AuditCommand): Outcome<unknown> {
  try {
    return { reply: executeAudit(set, command) };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
