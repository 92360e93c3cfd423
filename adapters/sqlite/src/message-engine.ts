// Mailboxes on a connection: commands in and replies out, a batch in one transaction, everything synchronous.
import { toErrorRecord } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import { executeMessages, type MessageCommand } from '@chorale/module-messaging';
import { SqliteMessageReads } from './message-reads.ts';
import { SqliteMailboxRows } from './message-rows.ts';
import { runBatch, type PartBatch } from './run-batch.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export class SqliteMessageEngine {
  readonly database: SqliteDatabase;
  readonly reads: SqliteMessageReads;
  readonly #rows: SqliteMailboxRows;
  readonly #now: () => number;

  constructor(database: SqliteDatabase, now: () => number) {
    this.database = database;
    this.#now = now;
    this.#rows = new SqliteMailboxRows(database.statements);
    this.reads = new SqliteMessageReads(database.statements);
  }

  runBatch(commands: readonly MessageCommand[]): PartBatch {
    return runBatch(this, commands);
  }

  transact(commands: readonly MessageCommand[]): PartBatch {
    try {
      return this.database.transact(() => {
        const execution = { rows: this.#rows, now: this.#now() };
        return { outcomes: commands.map((command) => attempt(execution, command)) };
      });
    } catch (cause) {
      const error = toErrorRecord(cause);
      return { outcomes: commands.map(() => ({ error })) };
    }
  }

  /** What was taken is ended, and what is over makes room. */
  isKeeping({ command }: MessageCommand): boolean {
    return ['settle-messages', 'sweep-mailbox', 'forget-messages', 'drop-topic'].includes(command);
  }
}

/** What the engine refuses it refuses before it writes; anything else takes the whole transaction back. */
function attempt(execution: Parameters<typeof executeMessages>[0], command: MessageCommand): Outcome<unknown> {
  try {
    return { reply: executeMessages(execution, command) };
  } catch (cause) {
    const error = toErrorRecord(cause);
    if (error.family === 'broken') throw cause;
    return { error };
  }
}
