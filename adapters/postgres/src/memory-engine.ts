// Runs batches of memory commands, each in one transaction of three round trips: lock and read, read what hangs on that, write
// and commit.
//
// Invariants: a reply is made only after COMMIT has been answered. A batch that met another transaction is begun anew,
// which is safe because nothing of it was kept and every command that is repeated happens once.
import { toErrorRecord } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import { executeMemory, memoryChanges, MemorySet, type MemoryCommand } from '@chorale/module-memory';
import type { ReservedSql, Sql } from 'postgres';
import { Connection, together } from './connection.ts';
import { loadMemory } from './memory-load.ts';
import { writeMemory } from './memory-write.ts';
import { isOneCommandsFault, isTransient, storeError } from './postgres-errors.ts';

/** How often a batch is begun anew because another transaction was in its way. */
const retriesMax = 8;

const clock = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';

export class PostgresMemoryEngine {
  readonly #sql: Sql;
  /** Instead of the server's clock, which all processes share. */
  readonly #now: (() => number) | undefined;

  constructor(sql: Sql, now?: () => number) {
    this.#sql = sql;
    this.#now = now;
  }

  async runBatch(commands: readonly MemoryCommand[]): Promise<readonly Outcome<unknown>[]> {
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

  async #retrying(commands: readonly MemoryCommand[]): Promise<readonly Outcome<unknown>[]> {
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

  async #transact(sql: ReservedSql, commands: readonly MemoryCommand[]): Promise<readonly Outcome<unknown>[]> {
    const connection = new Connection(sql);
    const begun = connection.values('BEGIN');
    const time = connection.values(clock).then(([row]) => this.#now?.() ?? (row?.[0] as number));
    const [, now, rows] = await together([begun, time, loadMemory(connection, commands, time)]);
    const set = new MemorySet(rows, now);
    const outcomes = commands.map((command) => attempt(set, command));
    await together([...writeMemory(connection, memoryChanges(set)), connection.values('COMMIT')]);
    return outcomes;
  }
}

function attempt(set: MemorySet, command: MemoryCommand): Outcome<unknown> {
  try {
    return { reply: executeMemory(set, command) };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
