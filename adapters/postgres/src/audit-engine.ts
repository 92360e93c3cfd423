// Runs batches of audit commands, each in one transaction of two round trips: lock the logs and read, run the engine,
// write and commit.
//
// Invariants: a reply is made only after COMMIT has been answered. The row of a log is locked first, in the order of
// tenants, so that whoever appends to it waits there and numbers have no gaps.
import { toErrorRecord } from '@chorale/lib-errors';
import { AuditSet, executeAudit, type AuditCommand } from '@chorale/module-access';
import type { Outcome } from '@chorale/module-goals';
import type { Sql } from 'postgres';
import { loadAudit } from './audit-load.ts';
import { writeAudit } from './audit-write.ts';
import { Connection, together } from './connection.ts';
import { runBatch } from './run-batch.ts';
import { sha256 } from './sha256.ts';
import type { Reserved } from './reserve.ts';

export class PostgresAuditEngine {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  runBatch(commands: readonly AuditCommand[]): Promise<readonly Outcome<unknown>[]> {
    return runBatch(this.#sql, commands, transact);
  }
}

async function transact(sql: Reserved, commands: readonly AuditCommand[]): Promise<readonly Outcome<unknown>[]> {
  const connection = new Connection(sql);
  const rows = await loadAudit(connection, commands);
  const set = new AuditSet(rows, sha256);
  const outcomes = commands.map((command) => attempt(set, command));
  await together([...writeAudit(connection, set.changes()), connection.values('COMMIT')]);
  return outcomes;
}

function attempt(set: AuditSet, command: AuditCommand): Outcome<unknown> {
  try {
    return { reply: executeAudit(set, command) };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
