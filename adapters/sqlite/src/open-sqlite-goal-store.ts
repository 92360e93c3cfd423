// The goal store of the embedded default.
import type { Random } from '@chorale/lib-ids';
import { CommandBatcher, type BatchLimits, type CommitHint, type GoalStore } from '@chorale/module-goals';
import { resolveDatabasePath } from './database-path.ts';
import { lockStore } from './directory-lock.ts';
import { watchDisk } from './disk-space.ts';
import { SqliteEngine, type BatchResult, type EngineOptions } from './sqlite-engine.ts';
import { storeClosed, StoreClient } from './store-client.ts';
import { makeReads, runRead } from './store-reads.ts';

export interface SqliteOptions {
  /** A file, or `:memory:` for a store that ends with the process and lives in the calling thread. */
  readonly path: string;
  /** Only without a thread; a thread uses the system's clock. */
  readonly now?: () => number;
  readonly random?: Random;
  /** False runs the store in the calling thread, which it blocks while it writes. `:memory:` always does. */
  readonly thread?: boolean;
}

// 1,000 a batch: past that the commit is no longer what a command costs, and the last of a batch waits for all of it.
// Two in flight: the thread has the next batch while the replies of the one before are read.
const batches: BatchLimits = { batchMax: 1_000, inFlightMax: 2, waitingMax: 100_000 };

/**
 * Opens the store, and makes the file and its directory where they are missing.
 *
 * @throws `store-in-use` while another opener has the database, `schema-too-new`, `store-damaged`, `store-not-writable`,
 * `disk-full`.
 */
export async function openSqliteGoalStore(options: SqliteOptions): Promise<GoalStore> {
  if (options.path === ':memory:') return openHere(options, { path: options.path });
  const path = resolveDatabasePath(options.path);
  return options.thread === false ? openFileHere(options, path) : openInThreads(path);
}

function openFileHere(options: SqliteOptions, path: string): GoalStore {
  const lock = lockStore(path, Date.now());
  try {
    return openHere(options, { path, whyFull: watchDisk(path), onClose: () => lock.release() });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Place extends Pick<EngineOptions, 'path' | 'whyFull'> {
  readonly onClose?: () => void;
}

function openHere(options: SqliteOptions, { onClose, ...place }: Place): GoalStore {
  const now = options.now ?? Date.now;
  const engine = new SqliteEngine({ ...place, now, random: options.random ?? Math.random });
  const hints = new Hints();
  let closed = false;
  const openEngine = (): SqliteEngine => {
    if (closed) throw storeClosed();
    return engine;
  };
  const batcher = new CommandBatcher(async (commands) => hints.tell(openEngine().runBatch(commands)), {
    ...batches,
    inFlightMax: 1,
  });
  return {
    ...makeReads(async (request) => runRead(openEngine().reads, request, now())),
    execute: (command) => batcher.execute(command),
    configure: async (limits) => openEngine().configure(limits),
    onCommit: (listener) => hints.add(listener),
    close: async () => {
      if (closed) return;
      closed = true;
      engine.close();
      onClose?.();
    },
  };
}

async function openInThreads(path: string): Promise<GoalStore> {
  const writer = await StoreClient.open({ path, role: 'writer' });
  const reader = await openReader(path, writer);
  const hints = new Hints();
  const batcher = new CommandBatcher(
    async (commands) => hints.tell(await writer.ask<BatchResult>({ ask: 'batch', commands })),
    batches,
  );
  return {
    ...makeReads((request) => reader.ask({ ask: 'read', ...request })),
    execute: (command) => batcher.execute(command),
    configure: (limits) => writer.ask({ ask: 'configure', limits }),
    onCommit: (listener) => hints.add(listener),
    close: async () => {
      await reader.close();
      await writer.close();
    },
  };
}

/** Without a reader there is no store: the writer gives its lock back. */
async function openReader(path: string, writer: StoreClient): Promise<StoreClient> {
  try {
    return await StoreClient.open({ path, role: 'reader' });
  } catch (error) {
    await writer.close();
    throw error;
  }
}

class Hints {
  readonly #listeners = new Set<(hint: CommitHint) => void>();

  add(listener: (hint: CommitHint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(result: BatchResult): BatchResult['outcomes'] {
    if (result.hint !== undefined) for (const listener of this.#listeners) listener(result.hint);
    return result.outcomes;
  }
}
