// Runs batches of spend commands, each in one transaction of two round trips: lock and read, run the engine, write and
// commit.
//
// Invariants: a reply is made only after COMMIT has been answered. A batch that met another transaction is begun anew,
// which is safe because nothing of it was kept and every command that is repeated happens once.
import { toErrorRecord } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import { executeSpend, SpendSet, type SpendCommand } from '@chorale/module-models';
import type { ReservedSql, Sql } from 'postgres';
import { Connection, together } from './connection.ts';
import { isOneCommandsFault, isTransient, storeError } from './postgres-errors.ts';
import { LoadedSpendRows } from './spend-load.ts';
import { writeSpend } from './spend-write.ts';

/** How often a batch is begun anew because another transaction was in its way. */
const retriesMax = 8;

const clock = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';

export class PostgresSpendEngine {
  readonly #sql: Sql;
  /** Instead of the server's clock, which all processes share. */
  readonly #now: (() => number) | undefined;

  constructor(sql: Sql, now?: () => number) {
    this.#sql = sql;
    this.#now = now;
  }

  async runBatch(commands: readonly SpendCommand[]): Promise<readonly Outcome<unknown>[]> {
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

  async #retrying(commands: readonly SpendCommand[]): Promise<readonly Outcome<unknown>[]> {
    for (let tries = 0; ; tries++) {
      const sql = await this.#sql.reserve();
      try {
        return await this.#transact(sql, commands);
      } catch (cause) {
        await sql.unsafe('ROLLBACK').catch(() => undefined);
        if (tries >= retriesMax || !isTransient(cause)) throw cause;
      } finally {
        sql.release();
      }
    }
  }

  async #transact(sql: ReservedSql, commands: readonly SpendCommand[]): Promise<readonly Outcome<unknown>[]> {
    const connection = new Connection(sql);
    const rows = new LoadedSpendRows();
    const begun = connection.values('BEGIN');
    const time = connection.values(clock).then(([row]) => this.#now?.() ?? (row?.[0] as number));
    const [, now] = await together([begun, time, rows.load(connection, commands, time)]);
    const set = new SpendSet(rows, now);
    const outcomes = commands.map((command) => attempt(set, command));
    await together([...writeSpend(connection, set.changes(), now), connection.values('COMMIT')]);
    return outcomes;
  }
}

function attempt(set: SpendSet, command: SpendCommand): Outcome<unknown> {
  try {
    return { reply: executeSpend(set, command) };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
