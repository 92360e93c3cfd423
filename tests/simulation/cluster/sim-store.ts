// The store of the cluster: the production engine on SQLite in memory behind the production batcher, with a disk that
// may fail and a process that may be killed and started again.
//
// The database is a shared one in memory: it lives as long as the checker's own connection to it, so that the engine
// can be closed and opened anew as after a crash, and so that the checker sees only what was committed.

import { DatabaseSync, StatementSync } from 'node:sqlite';
import { SqliteEngine, type BatchResult } from '@chorale/adapter-sqlite';
import { temporary } from '@chorale/lib-errors';
import { CommandBatcher, type Command, type CommitHint, type Outcome, type ReplyOf } from '@chorale/module-goals';
import type { EngineLimits } from '@chorale/module-goals';
import { batchFaults } from '../kernel/faults.ts';
import type { World } from './world.ts';

export type StoreReads = SqliteEngine['reads'];

const restartMs = [50, 2_000] as const;
/** SQLITE_IOERR, see https://www.sqlite.org/rescode.html. */
const ioError = 10;

let databases = 0;

export class SimStore {
  readonly database: DatabaseSync;
  readonly #world: World;
  readonly #path: string;
  readonly #listeners = new Set<(hint: CommitHint) => void>();
  readonly #limits: EngineLimits;
  #engine: SqliteEngine;
  #batcher: CommandBatcher;
  /** Raised by each restart: what the one before has taken on is lost with it. */
  #incarnation = 0;
  #downUntil = 0;

  constructor(world: World, limits: EngineLimits) {
    databases += 1;
    this.#world = world;
    this.#limits = limits;
    this.#path = `file:simulation-${databases}?mode=memory&cache=shared`;
    this.#engine = this.#open();
    this.#batcher = this.#newBatcher();
    this.database = new DatabaseSync(this.#path);
  }

  get reads(): StoreReads {
    return this.#engine.reads;
  }

  #open(): SqliteEngine {
    const engine = SqliteEngine.open({
      path: this.#path,
      now: () => this.#world.time.now,
      random: this.#world.engineRandom.next,
    });
    engine.configure(this.#limits);
    return engine;
  }

  #newBatcher(): CommandBatcher {
    const incarnation = this.#incarnation;
    return new CommandBatcher((commands) => this.#runBatch(commands, incarnation), {
      batchMax: this.#world.random.pick([1, 3, 1_000]),
      inFlightMax: 1,
      waitingMax: 10_000,
    });
  }

  execute<C extends Command>(command: C): Promise<ReplyOf<C>> {
    return this.#batcher.execute(command);
  }

  onCommit(listener: (hint: CommitHint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #runBatch(commands: readonly Command[], incarnation: number): Promise<readonly Outcome[]> {
    // Commands that come meanwhile wait for the next batch, so that batches of many sizes and mixtures come about.
    await this.#after(this.#world.random.pick([0, 1, 5, 40]));
    if (incarnation !== this.#incarnation) throw temporary('store-failed', 'The store was restarted.');
    const fault = this.#world.faults.draw('store batch', batchFaults);
    if (fault === 'restart-before-commit') throw this.#restart();
    const disk =
      fault === 'write-fails' || fault === 'commit-fails'
        ? { fault, after: this.#world.random.integer(0, 12), failed: false }
        : undefined;
    const { outcomes, hint } = withDiskFault(disk, () => this.#engine.runBatch(commands));
    if (disk?.fault === 'write-fails' && disk.failed) this.#world.faults.count('store batch', 'write-fails');
    this.#world.onBatch(commands, { outcomes, hint, diskFailed: disk?.failed === true });
    if (fault === 'restart-after-commit') throw this.#restart();
    if (hint !== undefined) for (const listener of this.#listeners) listener(hint);
    return outcomes;
  }

  #after(ms: number): Promise<void> {
    const delayMs = Math.max(ms, this.#downUntil - this.#world.time.now);
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => void this.#world.time.schedule(delayMs, resolve));
  }

  #restart(): Error {
    this.#world.trace.add('store', 'restarts');
    this.#incarnation += 1;
    this.#downUntil = this.#world.time.now + this.#world.random.pick(restartMs);
    this.#engine.close();
    this.#engine = this.#open();
    this.#batcher = this.#newBatcher();
    return temporary('store-failed', 'The store was restarted; whether the command was done is unknown.');
  }

  close(): void {
    this.#engine.close();
    this.database.close();
  }
}

export interface BatchOutcome extends BatchResult {
  /** The simulated disk failed: the batch must have changed nothing. */
  readonly diskFailed: boolean;
}

interface DiskFault {
  readonly fault: 'write-fails' | 'commit-fails';
  /** Writes that still succeed. */
  readonly after: number;
  failed: boolean;
}

/** Makes the database fail from outside: the engine has no hook for it, and needs none. */
function withDiskFault<Result>(disk: DiskFault | undefined, run: () => Result): Result {
  if (disk === undefined) return run();
  const [exec, write] = [DatabaseSync.prototype.exec, StatementSync.prototype.run];
  const fail = (): never => {
    disk.failed = true;
    throw Object.assign(new Error('disk I/O error (simulated)'), { errcode: ioError });
  };
  let left = disk.after;
  if (disk.fault === 'commit-fails') {
    DatabaseSync.prototype.exec = function (this: DatabaseSync, sql) {
      return sql === 'COMMIT' ? fail() : exec.call(this, sql);
    };
  } else {
    StatementSync.prototype.run = function (this: StatementSync, ...given: Parameters<StatementSync['run']>) {
      left -= 1;
      return left < 0 ? fail() : write.apply(this, given);
    } as StatementSync['run'];
  }
  try {
    return run();
  } finally {
    DatabaseSync.prototype.exec = exec;
    StatementSync.prototype.run = write;
  }
}
