// Goals on a connection: commands in and replies out, a batch in one transaction, everything synchronous.
//
// Owns:       what is in the transaction of a batch, and what is told after it.
// Invariants: SE1 and SE2 of SPEC.md.
import { toErrorRecord } from '@chorale/lib-errors';
import type { Random } from '@chorale/lib-ids';
import {
  aliveWorker,
  type ArchiveGoals,
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
import { runBatch } from './run-batch.ts';
import { SqliteDatabase, type DatabaseOptions } from './sqlite-database.ts';
import { SqliteQueue } from './sqlite-queue.ts';
import { SqliteReads } from './sqlite-reads.ts';
import { SqliteRows } from './sqlite-rows.ts';

export interface EngineOptions {
  readonly now: () => number;
  readonly random: Random;
}

export interface BatchResult {
  readonly outcomes: readonly Outcome[];
  readonly hint?: CommitHint | undefined;
}

export class SqliteEngine {
  readonly database: SqliteDatabase;
  readonly reads: SqliteReads;
  readonly #options: EngineOptions;
  readonly #rows: SqliteRows;
  readonly #queue: SqliteQueue;
  /** Nobody restores a database that is in use. */
  readonly #restored: { readonly no: number; readonly at: number } | undefined;
  #limits = defaultLimits;
  #agedAt = 0;

  constructor(database: SqliteDatabase, options: EngineOptions) {
    this.database = database;
    this.#options = options;
    this.#rows = new SqliteRows(database.statements);
    this.#queue = new SqliteQueue(database.statements, this.#rows);
    this.reads = new SqliteReads(database.statements);
    const [last] = database.statements.values('SELECT no, began_at FROM incarnations ORDER BY no DESC LIMIT 1');
    this.#restored = last === undefined ? undefined : { no: last[0] as number, at: last[1] as number };
  }

  /** With a database of its own. */
  static open({ path, ...options }: EngineOptions & DatabaseOptions): SqliteEngine {
    return new SqliteEngine(SqliteDatabase.open({ path }), options);
  }

  configure(limits: EngineLimits): void {
    this.#limits = limits;
  }

  runBatch(commands: readonly Command[]): BatchResult {
    return runBatch(this, commands) as BatchResult;
  }

  isKeeping(command: Command): boolean {
    return isKeeping(command);
  }

  /** Claims come last, so that they see what the other commands made ready. */
  transact(commands: readonly Command[]): BatchResult {
    let committed: Changes | undefined;
    try {
      return this.database.transact(() => {
        const set = new WorkingSet(this.#rows, {
          now: this.#options.now(),
          random: this.#options.random,
          limits: this.#limits,
          restored: this.#restored,
        });
        const outcomes = this.#runAll(set, commands);
        const changes = set.changes();
        this.#rows.write(changes);
        committed = changes;
        return { outcomes, hint: hintOf(changes) };
      });
    } catch (cause) {
      committed = undefined;
      this.#queue.reload();
      // What was aged in it is young again: the next batch looks anew.
      this.#agedAt = 0;
      const error = toErrorRecord(cause);
      return { outcomes: commands.map(() => ({ error })) };
    } finally {
      this.#rows.endTransaction(committed);
    }
  }

  #runAll(set: WorkingSet, commands: readonly Command[]): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    const claims: number[] = [];
    for (const [index, command] of commands.entries()) {
      if (command.command === 'claim-tasks') claims.push(index);
      else if (command.command === 'archive-goals') outcomes[index] = attempt(() => this.#archive(set.now, command));
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

  /** Of what has ended the engine keeps no rows, and reads them anew for each command. */
  #archive(now: number, { endedBefore, limit }: ArchiveGoals): Replies['archive-goals'] {
    const sql = `UPDATE goals SET archived_at = ?1, version = version + 1
      WHERE (tenant_id, goal_id) IN (SELECT tenant_id, goal_id FROM goals
      WHERE finished_at IS NOT NULL AND archived_at IS NULL AND finished_at < ?2 ORDER BY finished_at LIMIT ?3) RETURNING 1`;
    return { archived: this.database.statements.values(sql, now, endedBefore, limit).length };
  }

  #heartbeat(set: WorkingSet, command: Heartbeat): Replies['heartbeat'] {
    const worker = extendLease(set, command);
    const cancelRequested: readonly Hold[] = this.reads.cancelRequested(command.workerId);
    return { leaseUntil: worker.leaseUntil, cancelRequested };
  }

  close(): void {
    this.database.close();
  }
}

function attempt(run: () => Replies[Command['command']]): Outcome {
  try {
    return { reply: run() };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
