// Runs batches of memory commands, each in one transaction of three round trips: lock and read, read what hangs on that, write
// and commit.
//
// Invariants: a reply is made only after COMMIT has been answered. What happens to one that
// met another transaction: run-batch.ts.
import { toErrorRecord } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import { executeMemory, memoryChanges, MemorySet, type MemoryCommand } from '@chorale/module-memory';
import type { Sql } from 'postgres';
import { Connection, together } from './connection.ts';
import { loadMemory } from './memory-load.ts';
import { writeMemory } from './memory-write.ts';
import { runBatch } from './run-batch.ts';
import type { Reserved } from './reserve.ts';

const clock = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';

export class PostgresMemoryEngine {
  readonly #sql: Sql;
  /** Instead of the server's clock, which all processes share. */
  readonly #now: (() => number) | undefined;

  constructor(sql: Sql, now?: () => number) {
    this.#sql = sql;
    this.#now = now;
  }

  runBatch(commands: readonly MemoryCommand[]): Promise<readonly Outcome<unknown>[]> {
    return runBatch(this.#sql, commands, (sql, batch) => this.#transact(sql, batch));
  }

  async #transact(sql: Reserved, commands: readonly MemoryCommand[]): Promise<readonly Outcome<unknown>[]> {
    const connection = new Connection(sql);
    const begun = connection.begin(commands.map(({ tenantId }) => tenantId));
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
