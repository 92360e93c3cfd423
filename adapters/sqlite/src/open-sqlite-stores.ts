// The stores of the embedded default: parts of one database file, with one writer and one lock.
import type { Random } from '@chorale/lib-ids';
import type {
  AuditCommand,
  AuditReplies,
  AuditStore,
  IdentityCommand,
  IdentityReplies,
  IdentityStore,
  SecretCommand,
  SecretReplies,
  SecretStore,
  TenantRows,
} from '@chorale/module-access';
import {
  CommandBatcher,
  type BatchLimits,
  type CommitHint,
  type EngineLimits,
  type GoalStore,
} from '@chorale/module-goals';
import type { MemoryCommand, MemoryReplies, MemoryStore } from '@chorale/module-memory';
import {
  PostedListeners,
  type MessageCommand,
  type MessageReplies,
  type MessageStore,
} from '@chorale/module-messaging';
import type { SpendCommand, SpendReplies, SpendStore } from '@chorale/module-models';
import { makeAuditReads } from './audit-reads.ts';
import { resolveDatabasePath } from './database-path.ts';
import { lockStore } from './directory-lock.ts';
import { watchDisk } from './disk-space.ts';
import { makeIdentityReads } from './identity-reads.ts';
import { makeMemoryReads } from './memory-reads.ts';
import { makeMessageReads } from './message-reads.ts';
import { openParts, type PartName, type PartRead } from './parts.ts';
import type { PartBatch } from './run-batch.ts';
import { makeSecretReads } from './secret-reads.ts';
import { makeSpendReads } from './spend-reads.ts';
import { SqliteDatabase, type DatabaseOptions } from './sqlite-database.ts';
import type { BatchResult } from './sqlite-engine.ts';
import { storeClosed, StoreClient } from './store-client.ts';
import { makeReads } from './store-reads.ts';
import { makeTenantRows } from './tenant-rows.ts';

export interface SqliteOptions {
  /** A file, or `:memory:` for a store that ends with the process and lives in the calling thread. */
  readonly path: string;
  /** Only without a thread; a thread uses the system's clock. */
  readonly now?: () => number;
  readonly random?: Random;
  /** False runs the store in the calling thread, which it blocks while it writes. `:memory:` always does. */
  readonly thread?: boolean;
  /** Until when what is read just now is waited for: what still waits then is left out. */
  readonly askedFor?: () => AbortSignal | undefined;
}

export interface SqliteStores {
  /** Closing it closes them all, as `close` does: they are one file. */
  readonly goals: GoalStore;
  readonly spend: SpendStore;
  readonly memory: MemoryStore;
  readonly audit: AuditStore;
  readonly secrets: SecretStore;
  readonly tenantRows: TenantRows;
  readonly messages: MessageStore;
  readonly identity: IdentityStore;
  /** Resolves with the reason when the store can do nothing any more (SE5), and never otherwise. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** What does the work: this thread, or a writer and a reader. */
interface Backend {
  runBatch(part: PartName, commands: readonly unknown[]): Promise<PartBatch>;
  runRead(part: PartName, request: PartRead): Promise<unknown>;
  configure(limits: EngineLimits): Promise<void>;
  readonly batches: BatchLimits;
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

// 1,000 a batch: past that the commit is no longer what a command costs, and the last of a batch waits for all of it.
// Two in flight: the thread has the next batch while the replies of the one before are read.
const batches: BatchLimits = { batchMax: 1_000, inFlightMax: 2, waitingMax: 100_000 };
/** A command of memory may carry a hundred episodes. */
const memoryBatchMax = 50;

/**
 * Opens the stores, and makes the file and its directory where they are missing.
 *
 * @throws `store-in-use` while another opener has the database, `schema-too-new`, `store-damaged`, `store-not-writable`,
 * `disk-full`.
 */
export async function openSqliteStores(options: SqliteOptions): Promise<SqliteStores> {
  if (options.path === ':memory:') return makeStores(openHere(options, { path: options.path }));
  const path = resolveDatabasePath(options.path);
  return makeStores(
    options.thread === false ? openFileHere(options, path) : await openInThreads(path, options.askedFor),
  );
}

/** For who needs no other store of the file. */
export async function openSqliteGoalStore(options: SqliteOptions): Promise<GoalStore> {
  return (await openSqliteStores(options)).goals;
}

function makeStores(backend: Backend): SqliteStores {
  const close = (): Promise<void> => backend.close();
  return {
    goals: { ...makeGoals(backend), close },
    spend: makeSpend(backend),
    memory: makeMemory(backend),
    audit: makeAudit(backend),
    secrets: makeSecrets(backend),
    tenantRows: makeTenantRows(
      (request) => backend.runRead('tenantRows', request),
      (commands) => backend.runBatch('tenantRows', commands),
    ),
    messages: makeMessages(backend),
    identity: makeIdentity(backend),
    failed: backend.failed,
    close,
  };
}

function makeGoals(backend: Backend): Omit<GoalStore, 'close'> {
  const listeners = new Set<(hint: CommitHint) => void>();
  const batcher = new CommandBatcher(async (commands) => {
    const { outcomes, hint } = (await backend.runBatch('goals', commands)) as BatchResult;
    if (hint !== undefined) for (const listener of listeners) listener(hint);
    return outcomes;
  }, backend.batches);
  return {
    ...makeReads((request) => backend.runRead('goals', request)),
    execute: (command) => batcher.execute(command),
    configure: (limits) => backend.configure(limits),
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function makeSpend(backend: Backend): SpendStore {
  const batcher = new CommandBatcher<SpendCommand, SpendReplies>(
    async (commands) => (await backend.runBatch('spend', commands)).outcomes,
    backend.batches,
  );
  return {
    ...makeSpendReads((request) => backend.runRead('spend', request)),
    execute: (command) => batcher.execute(command),
  };
}

function makeAudit(backend: Backend): AuditStore {
  const batcher = new CommandBatcher<AuditCommand, AuditReplies>(
    async (commands) => (await backend.runBatch('audit', commands)).outcomes,
    backend.batches,
  );
  return {
    ...makeAuditReads((request) => backend.runRead('audit', request)),
    execute: (command) => batcher.execute(command),
  };
}

function makeMemory(backend: Backend): MemoryStore {
  const batcher = new CommandBatcher<MemoryCommand, MemoryReplies>(
    async (commands) => (await backend.runBatch('memory', commands)).outcomes,
    { ...backend.batches, batchMax: memoryBatchMax },
  );
  return {
    ...makeMemoryReads((request) => backend.runRead('memory', request)),
    execute: (command) => batcher.execute(command),
  };
}

function makeMessages(backend: Backend): MessageStore {
  const listeners = new PostedListeners();
  const batcher = new CommandBatcher<MessageCommand, MessageReplies>(
    async (commands) => {
      const { outcomes } = await backend.runBatch('messages', commands);
      listeners.tell(commands, outcomes);
      return outcomes;
    },
    // One batch at a time: what a sender sends without waiting keeps its order.
    { ...backend.batches, inFlightMax: 1 },
  );
  return {
    ...makeMessageReads((request) => backend.runRead('messages', request)),
    execute: (command) => batcher.execute(command),
    onPosted: (listener) => listeners.add(listener),
  };
}

function makeSecrets(backend: Backend): SecretStore {
  const batcher = new CommandBatcher<SecretCommand, SecretReplies>(
    async (commands) => (await backend.runBatch('secrets', commands)).outcomes,
    backend.batches,
  );
  return {
    ...makeSecretReads((request) => backend.runRead('secrets', request)),
    execute: (command) => batcher.execute(command),
  };
}

function makeIdentity(backend: Backend): IdentityStore {
  const batcher = new CommandBatcher<IdentityCommand, IdentityReplies>(
    async (commands) => (await backend.runBatch('identity', commands)).outcomes,
    backend.batches,
  );
  return {
    ...makeIdentityReads((request) => backend.runRead('identity', request)),
    execute: (command) => batcher.execute(command),
  };
}

function openFileHere(options: SqliteOptions, path: string): Backend {
  const lock = lockStore(path, Date.now());
  try {
    return openHere(options, { path, whyFull: watchDisk(path), onClose: () => lock.release() });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Place extends DatabaseOptions {
  readonly onClose?: () => void;
}

function openHere(options: SqliteOptions, { onClose, ...place }: Place): Backend {
  const database = SqliteDatabase.open(place);
  const parts = openParts(database, { now: options.now ?? Date.now, random: options.random ?? Math.random });
  let closed = false;
  const openPart = <Name extends PartName>(name: Name): (typeof parts)[Name] => {
    if (closed) throw storeClosed();
    return parts[name];
  };
  return {
    runBatch: async (part, commands) => openPart(part).runBatch(commands),
    runRead: async (part, request) => openPart(part).runRead(request),
    configure: async (limits) => openPart('goals').configure(limits),
    batches: { ...batches, inFlightMax: 1 },
    // Nothing ends by itself in this thread.
    failed: new Promise(() => undefined),
    close: async () => {
      if (closed) return;
      closed = true;
      database.close();
      onClose?.();
    },
  };
}

async function openInThreads(path: string, askedFor: SqliteOptions['askedFor']): Promise<Backend> {
  const writer = await StoreClient.open({ path, role: 'writer' });
  const reader = await openReader(path, writer);
  return {
    runBatch: (part, commands) => writer.ask({ ask: 'batch', part, commands }),
    runRead: (part, { method, given }) => reader.read({ ask: 'read', part, method, given }, askedFor?.()),
    configure: (limits) => writer.ask({ ask: 'configure', limits }),
    batches,
    failed: Promise.race([writer.failed, reader.failed]),
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
