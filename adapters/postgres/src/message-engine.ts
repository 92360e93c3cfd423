// Runs batches of commands on mailboxes, each in one transaction: lock the mailboxes and read, run the engine, write and
// commit. Batches that post to topics first ask who listens, to know what to lock.
//
// Invariants: a reply is made only after COMMIT has been answered. The rows of mailboxes are locked first and in their
// order, so that numbers follow the commits and two batches never wait for each other in a circle.
import { toErrorRecord } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import { executeMessages, LoadedMailboxes, type MailboxRows, type MessageCommand } from '@chorale/module-messaging';
import type { Sql } from 'postgres';
import { Connection, together } from './connection.ts';
import { MailboxCounts } from './mailbox-counts.ts';
import { loadMailboxes } from './message-load.ts';
import { writeMailboxes } from './message-write.ts';
import { runBatch } from './run-batch.ts';
import type { Reserved } from './reserve.ts';

export class PostgresMessageEngine {
  readonly #sql: Sql;
  readonly #counts = new MailboxCounts();
  /** Instead of the server's clock, which all processes share. */
  readonly #now: (() => number) | undefined;

  constructor(sql: Sql, now?: () => number) {
    this.#sql = sql;
    this.#now = now;
  }

  runBatch(commands: readonly MessageCommand[]): Promise<readonly Outcome<unknown>[]> {
    return runBatch(this.#sql, commands, (sql, batch) => this.#transact(sql, batch));
  }

  async #transact(sql: Reserved, commands: readonly MessageCommand[]): Promise<readonly Outcome<unknown>[]> {
    const connection = new Connection(sql);
    // For how long a count holds does not depend on the clock that tests move.
    const at = performance.now();
    const counted = this.#counts.stale(commands, at);
    const { loaded, now } = await loadMailboxes(connection, commands, { clockOfTests: this.#now, counted });
    const mailboxCounts = this.#counts.known(
      commands.map(({ tenantId }) => tenantId),
      loaded.mailboxCounts ?? new Map(),
    );
    const rows = new LoadedMailboxes({ ...loaded, mailboxCounts });
    const outcomes = commands.map((command) => attempt(rows, { command, now }));
    await together([...writeMailboxes(connection, rows.changes()), connection.values('COMMIT')]);
    this.#counts.note(rows.mailboxCounts, counted, at);
    return outcomes;
  }
}

function attempt(
  rows: MailboxRows,
  { command, now }: { readonly command: MessageCommand; readonly now: number },
): Outcome<unknown> {
  try {
    return { reply: executeMessages({ rows, now }, command) };
  } catch (cause) {
    const error = toErrorRecord(cause);
    if (error.family === 'broken') throw cause;
    return { error };
  }
}
