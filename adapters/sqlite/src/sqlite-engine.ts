// The store's core: one connection, used by one thread, commands in and replies out, everything synchronous.
//
// Owns:       the transaction around a batch, the checks before it, and what is told after it.
// Invariants: SE1 and SE2 of SPEC.md.
import { DatabaseSync } from 'node:sqlite';
import { toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';
import type { Random } from '@chorale/lib-ids';
import {
  aliveWorker,
  defaultLimits,
  execute,
  extendLease,
  hintOf,
  WorkingSet,
  type ClaimedTask,
  type ClaimTasks,
  type Changes,
  type Command,
  type CommitHint,
  type EngineLimits,
  type Heartbeat,
  type Hold,
  type Outcome,
  type Replies,
} from '@chorale/module-goals';
import { isKeeping } from './disk-space.ts';
import { migrate } from './migrate.ts';
import { SqliteQueue } from './sqlite-queue.ts';
import { SqliteReads } from './sqlite-reads.ts';
import { SqliteRows } from './sqlite-rows.ts';
import { Statements } from './statements.ts';
import { openError, storeError } from './store-errors.ts';

export interface EngineOptions {
  readonly path: string;
  readonly now: () => number;
  readonly random: Random;
  /** Asked before each batch: why nothing may be written that grows the store, if there is a reason. */
  readonly whyFull?: () => ErrorRecord | undefined;
}

export interface BatchResult {
  readonly outcomes: readonly Outcome[];
  readonly hint: CommitHint | undefined;
}

export class SqliteEngine {
  readonly reads: SqliteReads;
  readonly #options: EngineOptions;
  readonly #database: DatabaseSync;
  readonly #rows: SqliteRows;
  readonly #queue: SqliteQueue;
  #limits = defaultLimits;
  #agedAt = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#database = openDatabase(options.path);
    const statements = new Statements(this.#database);
    this.#rows = new SqliteRows(statements);
    this.#queue = new SqliteQueue(statements, this.#rows);
    this.reads = new SqliteReads(statements);
  }

  configure(limits: EngineLimits): void {
    this.#limits = limits;
  }

  /** Runs the commands in one transaction; where that cannot be committed as a whole, as much of it as can. */
  runBatch(commands: readonly Command[]): BatchResult {
    const nearlyFull = this.#options.whyFull?.();
    if (nearlyFull !== undefined) return this.#runKeeping(commands, nearlyFull);
    const result = this.#transact(commands);
    const code = codeOfAll(result);
    if (code === 'row-exists' && commands.length > 1) return this.#runEach(commands);
    if (code !== 'disk-full') return result;
    this.#makeRoomInLog();
    return this.#runKeeping(commands, (result.outcomes[0] as { readonly error: ErrorRecord }).error);
  }

  /** One of the commands breaks the transaction of them all: each in its own, so that the others live. */
  #runEach(commands: readonly Command[]): BatchResult {
    return { outcomes: commands.flatMap((command) => this.#transact([command]).outcomes), hint: undefined };
  }

  /** What is in the log goes to the database; small commits then have the log's space again. */
  #makeRoomInLog(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // It does not fit there. What was committed stays in the log, and the commands below meet the full disk again.
    }
  }

  #runKeeping(commands: readonly Command[], why: ErrorRecord): BatchResult {
    const keeping = commands.filter(isKeeping);
    if (keeping.length === 0) return { outcomes: commands.map(() => ({ error: why })), hint: undefined };
    const { outcomes, hint } = this.#transact(keeping);
    let next = 0;
    const all = commands.map((command) => (isKeeping(command) ? outcomes[next++]! : { error: why }));
    return { outcomes: all, hint };
  }

  /** Claims come last, so that they see what the other commands made ready. */
  #transact(commands: readonly Command[]): BatchResult {
    let committed: Changes | undefined;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const set = new WorkingSet(this.#rows, {
        now: this.#options.now(),
        random: this.#options.random,
        limits: this.#limits,
      });
      const outcomes = this.#runAll(set, commands);
      const changes = set.changes();
      this.#rows.write(changes);
      this.#database.exec('COMMIT');
      committed = changes;
      return { outcomes, hint: hintOf(changes) };
    } catch (cause) {
      return { outcomes: this.#rollBack(commands, cause), hint: undefined };
    } finally {
      this.#rows.endTransaction(committed);
    }
  }

  #runAll(set: WorkingSet, commands: readonly Command[]): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    const claims: number[] = [];
    for (const [index, command] of commands.entries()) {
      if (command.command === 'claim-tasks') claims.push(index);
      else if (command.command === 'heartbeat') outcomes[index] = attempt(() => this.#heartbeat(set, command));
      else outcomes[index] = attempt(() => execute(set, command));
    }
    if (set.now - this.#agedAt > this.#limits.agingMs / 10) {
      this.#agedAt = set.now;
      this.#queue.age(set.now, this.#limits);
      this.#rows.forget();
    }
    this.#queue.noteLanes(set);
    for (const index of claims)
      outcomes[index] = attempt(() => ({ tasks: this.#claim(set, commands[index] as ClaimTasks) }));
    return outcomes;
  }

  #claim(set: WorkingSet, claim: ClaimTasks): readonly ClaimedTask[] {
    return this.#queue.claim(set, claim, aliveWorker(set, claim.workerId));
  }

  #heartbeat(set: WorkingSet, command: Heartbeat): Replies['heartbeat'] {
    const worker = extendLease(set, command.workerId, command.leaseMs);
    const cancelRequested: readonly Hold[] = this.reads.cancelRequested(command.workerId);
    return { leaseUntil: worker.leaseUntil, cancelRequested };
  }

  #rollBack(commands: readonly Command[], cause: unknown): readonly Outcome[] {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.#queue.reload();
    const error = toErrorRecord(storeError(cause, this.#options.path));
    return commands.map(() => ({ error }));
  }

  close(): void {
    this.#database.close();
  }
}

function attempt(run: () => Replies[Command['command']]): Outcome {
  try {
    return { reply: run() };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}

/** The code of the error that every command of the batch met, if they met the same. */
function codeOfAll({ outcomes: [first, ...rest] }: BatchResult): string | undefined {
  if (first === undefined || !('error' in first)) return undefined;
  const { code } = first.error;
  return rest.every((outcome) => 'error' in outcome && outcome.error.code === code) ? code : undefined;
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -65536;',
    );
    migrate(database, path);
    return database;
  } catch (cause) {
    database?.close();
    throw openError(cause, path);
  }
}
