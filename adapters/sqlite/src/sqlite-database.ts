// One connection to the database file, used by one thread and shared by the parts of the store.
//
// Owns:       how the file is opened, transactions, and what a failed one leaves behind: nothing.
import { DatabaseSync } from 'node:sqlite';
import type { ErrorRecord } from '@chorale/lib-errors';
import { migrate } from './migrate.ts';
import { Statements } from './statements.ts';
import { openError, storeError } from './store-errors.ts';

export interface DatabaseOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** Asked before each batch: why nothing may be written that grows the store, if there is a reason. */
  readonly whyFull?: () => ErrorRecord | undefined;
}

export class SqliteDatabase {
  readonly statements: Statements;
  readonly #database: DatabaseSync;
  readonly #options: DatabaseOptions;

  private constructor(database: DatabaseSync, options: DatabaseOptions) {
    this.#database = database;
    this.#options = options;
    this.statements = new Statements(database);
  }

  /** Brings the schema to what this program knows. */
  static open(options: DatabaseOptions): SqliteDatabase {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(options.path);
      database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -65536;',
      );
      migrate(database, options.path);
      return new SqliteDatabase(database, options);
    } catch (cause) {
      database?.close();
      throw openError(cause, options.path);
    }
  }

  whyFull(): ErrorRecord | undefined {
    return this.#options.whyFull?.();
  }

  /** Runs it in one transaction; what it throws, and what the commit does, comes after everything was rolled back. */
  transact<T>(run: () => T): T {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const result = run();
      this.#database.exec('COMMIT');
      return result;
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw storeError(cause, this.#options.path);
    }
  }

  /** What is in the log goes to the database; small commits then have the log's space again. */
  makeRoomInLog(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // It does not fit there. What was committed stays in the log, and what comes meets the full disk again.
    }
  }

  close(): void {
    this.#database.close();
  }
}
