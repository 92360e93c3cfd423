// Spend on a connection: commands in and replies out, a batch in one transaction, everything synchronous.
import { toErrorRecord } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import { executeSpend, SpendSet, type SpendCommand } from '@chorale/module-models';
import { runBatch, type PartBatch } from './run-batch.ts';
import { SqliteSpendReads } from './spend-reads.ts';
import { SqliteSpendRows } from './spend-rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export class SqliteSpendEngine {
  readonly database: SqliteDatabase;
  readonly reads: SqliteSpendReads;
  readonly #rows: SqliteSpendRows;
  readonly #now: () => number;

  constructor(database: SqliteDatabase, now: () => number) {
    this.database = database;
    this.#now = now;
    this.#rows = new SqliteSpendRows(database.statements);
    this.reads = new SqliteSpendReads(database.statements);
  }

  runBatch(commands: readonly SpendCommand[]): PartBatch {
    return runBatch(this, commands);
  }

  transact(commands: readonly SpendCommand[]): PartBatch {
    try {
      return this.database.transact(() => {
        const set = new SpendSet(this.#rows, this.#now());
        const outcomes = commands.map((command) => attempt(set, command));
        this.#rows.write(set.changes());
        return { outcomes };
      });
    } catch (cause) {
      const error = toErrorRecord(cause);
      return { outcomes: commands.map(() => ({ error })) };
    }
  }

  /** What was reserved is settled, and nothing new is begun; a key can be taken back whatever the disk says. */
  isKeeping({ command }: SpendCommand): boolean {
    return (
      command === 'settle' ||
      command === 'expire-reservations' ||
      command === 'revoke-key' ||
      command === 'drop-budget' ||
      command === 'drop-calls' ||
      command === 'drop-answers'
    );
  }
}

function attempt(set: SpendSet, command: SpendCommand): Outcome<unknown> {
  try {
    return { reply: executeSpend(set, command) };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
