// Runs batches of audit commands, each in one transaction of two round trips: lock the logs and read, run the engine,
// write and commit.
//
// Invariants: a reply is made only after COMMIT has been answered. The row of a log is locked first, in the order of
// tenants, so that whoever appends to it waits there and numbers have no gaps.
import { toErrorRecord } from '@chorale/lib-errors';
import { AuditSet, executeAudit, type AuditCommand } from '@chorale/module-access';
import type { Outcome } from '@chorale/module-goals';
import type { ReservedSql, Sql } from 'postgres';
import { loadAudit } from './audit-load.ts';
import { writeAudit } from './audit-write.ts';
import { Connection, together } from './connection.ts';
import { isOneCommandsFault, isTransient, storeError } from './postgres-errors.ts';
import { sha256 } from './sha256.ts';

/** How often a batch is begun anew because another transaction was in its way. */
const retriesMax = 8;

export class PostgresAuditEngine {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async runBatch(commands: readonly AuditCommand[]): Promise<readonly Outcome<unknown>[]> {
    try {
      return await this.#retrying(commands);
    } catch (cause) {
      if (!isOneCommandsFault(cause) || commands.length === 1)
        return commands.map(() => ({ error: storeError(cause) }));
    }
    // One of the commands breaks the transaction of them all: each in its own, so that the others live.
    const outcomes: Outcome<unknown>[] = [];
    for (const command of commands) outcomes.push(...(await this.runBatch([command])));
    return outcomes;
  }

  async #retrying(commands: readonly AuditCommand[]): Promise<readonly Outcome<unknown>[]> {
    for (let tries = 0; ; tries++) {
      const sql = await this.#sql.reserve();
      try {
        return await transact(sql, commands);
      } catch (cause) {
        await sql.unsafe('ROLLBACK').catch(() => undefined);
        if (tries >= retriesMax || !isTransient(cause)) throw cause;
      } finally {
        sql.release();
      }
    }
  }
}

async function transact(sql: ReservedSql, commands: readonly AuditCommand[]): Promise<readonly Outcome<unknown>[]> {
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
