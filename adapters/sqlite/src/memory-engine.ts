// Memory on a connection: commands in and replies out, a batch in one transaction, everything synchronous.
import { toErrorRecord } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import { executeMemory, memoryChanges, MemorySet, type MemoryCommand } from '@chorale/module-memory';
import { SqliteMemoryReads } from './memory-reads.ts';
import { SqliteMemoryRows } from './memory-rows.ts';
import { runBatch, type PartBatch } from './run-batch.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export class SqliteMemoryEngine {
  readonly database: SqliteDatabase;
  readonly reads: SqliteMemoryReads;
  readonly #rows: SqliteMemoryRows;
  readonly #now: () => number;

  constructor(database: SqliteDatabase, now: () => number) {
    this.database = database;
    this.#now = now;
    this.#rows = new SqliteMemoryRows(database.statements);
    this.reads = new SqliteMemoryReads(database.statements, now);
  }

  runBatch(commands: readonly MemoryCommand[]): PartBatch {
    return runBatch(this, commands);
  }

  transact(commands: readonly MemoryCommand[]): PartBatch {
    try {
      return this.database.transact(() => {
        const now = this.#now();
        const set = new MemorySet(this.#rows.load(commands, now), now);
        const outcomes = commands.map((command) => attempt(set, command));
        this.#rows.write(memoryChanges(set));
        return { outcomes };
      });
    } catch (cause) {
      const error = toErrorRecord(cause);
      return { outcomes: commands.map(() => ({ error })) };
    }
  }

  /** What takes away may go on; what adds waits for room. */
  isKeeping({ command }: MemoryCommand): boolean {
    return command === 'erase' || command === 'sweep' || command === 'retract' || command === 'end-session';
  }
}

function attempt(set: MemorySet, command: MemoryCommand): Outcome<unknown> {
  try {
    return { reply: executeMemory(set, command) };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
