// The goal store of the cluster.
import { refused } from '@chorale/lib-errors';
import type { Random } from '@chorale/lib-ids';
import type { BatchLimits, Command, CommitHint, GoalStore, ReplyOf } from '@chorale/module-goals';
import type { Sql } from 'postgres';
import { withArchive } from './archive-reads.ts';
import {
  byKeyOnly,
  connect,
  type ConnectOptions,
  connectOwner,
  connectScheduler,
  inOrder,
  onServerMoved,
} from './connect.ts';
import { type AskedFor, Connection } from './connection.ts';
import { GoalArchive } from './goal-archive.ts';
import { HalvedCommands } from './halved-commands.ts';
import { HintChannel, type HintCarrier } from './hint-channel.ts';
import { beginIncarnation, Incarnation } from './incarnation.ts';
import { migrate } from './migrate.ts';
import { PostgresEngine } from './postgres-engine.ts';
import { withStoreErrors } from './postgres-errors.ts';
import { makeReads, type Readers } from './postgres-reads.ts';
import { ReplicaSet, type ReplicaOptions, type TellReplica } from './replica-set.ts';
import { readDatabaseAddress } from './server-address.ts';

export interface PostgresOptions extends ConnectOptions {
  readonly random?: Random;
  /** Replaces the server's clock, for tests that move time. */
  readonly now?: () => number;
  /** Servers that copy the one of `url`, for reads that may lag. */
  readonly replicas?: readonly ConnectOptions[];
  /** Told when one of them is used no more, and when it is again. */
  readonly tellReplica?: TellReplica;
  /** Until when what is read just now is waited for: then it is ended. */
  readonly askedFor?: AskedFor;
  /** A faster way for hints than the database's own; that one is used while this one fails. */
  readonly carrier?: HintCarrier;
}

/** Connections for reads; the writers have their own. */
const readersMax = 4;
const batches: BatchLimits = {
  batchMax: 1_000,
  inFlightMax: 1,
  waitingMax: 100_000,
  // What the answers of one batch give rise to goes with the next one.
  defer: (handOn) => void setImmediate(handOn),
};

/** One for each half of the goals. */
const writersMax = 2;

export interface PostgresGoalStore extends GoalStore {
  /** Resolves when the database was restored meanwhile: this process must end. */
  readonly failed: Promise<Error>;
}

export async function openPostgresGoalStore(options: PostgresOptions): Promise<PostgresGoalStore> {
  const readers = connect(options, readersMax, inOrder);
  const writers = connect(options, writersMax, byKeyOnly);
  const scheduler = connectScheduler(options, {});
  const bookkeeper = connectScheduler(options, { ...byKeyOnly, synchronous_commit: 'off' });
  const mover = connect(options, 1, byKeyOnly);
  const owner = connectOwner(options);
  const all = [readers, writers, scheduler, bookkeeper, mover, owner];
  const end = (): Promise<unknown> => Promise.all(all.map((sql) => sql.end({ timeout: 5 })));
  const incarnation = await prepare(options, owner).catch(async (cause: unknown) => {
    await end();
    throw cause;
  });
  const connections = { owner, writers, bookkeeper, incarnation };
  const engine = new PostgresEngine(connections, options.random ?? Math.random, options.now);
  const archive = new GoalArchive({ scheduler, mover }, options.now);
  const stopWatching = onServerMoved(options, () => engine.forget());
  const hints = await HintChannel.open(readers, options);
  const commands = new HalvedCommands(async (batch) => {
    const result = await engine.runBatch(batch);
    if (result.hint !== undefined) hints.tell(result.hint);
    return result;
  }, batches);
  hints.addForOthers((hint) => commands.heard(hint));
  const { askedFor } = options;
  const ending = askedFor === undefined ? {} : { ended: { askedFor, by: owner } };
  const readsOf = (pools: Readers) =>
    withStoreErrors(withArchive(makeReads(pools, options.now), new Connection(pools.readers, pools.ended)));
  const reads = readsOf({ readers, scheduler, ...ending });
  const replicas = openReplicas(options, { instead: reads, makeReads: readsOf });
  return {
    keepsClaims: true,
    failed: incarnation.over,
    ...reads,
    ...lagging(replicas),
    execute: async <C extends Command>(command: C) => {
      if (command.command === 'archive-goals') return (await archive.execute(command)) as ReplyOf<C>;
      const reply = await commands.execute(command);
      replicas?.noteDone(command);
      return reply;
    },
    configure: async (limits) => {
      engine.configure(limits);
      commands.configure(limits);
    },
    onCommit: (listener: (hint: CommitHint) => void) => hints.add(listener),
    close: async () => {
      stopWatching();
      await replicas?.close();
      await commands.close();
      await hints.close();
      await end();
    },
  };
}

function openReplicas(
  options: PostgresOptions,
  reads: Pick<ReplicaOptions, 'instead' | 'makeReads'>,
): ReplicaSet | undefined {
  const { replicas = [], tellReplica } = options;
  const telling = tellReplica === undefined ? {} : { tellReplica };
  return replicas.length === 0 ? undefined : new ReplicaSet({ primary: options, replicas, ...telling, ...reads });
}

function lagging(replicas: ReplicaSet | undefined): Pick<GoalStore, 'lagging'> {
  if (replicas === undefined) return {};
  return {
    lagging: { reading: (freshness) => replicas.reading(freshness), writtenUntil: () => replicas.writtenUntil },
  };
}

async function prepare(options: ConnectOptions, owner: Sql): Promise<Incarnation> {
  try {
    if (options.schema !== undefined) await owner`CREATE SCHEMA IF NOT EXISTS ${owner(options.schema)}`;
    await migrate(owner);
    return await Incarnation.read(owner);
  } catch (cause) {
    throw openError(options.url, cause);
  }
}

/**
 * After a restore and before any process is started on it: says that it was one. Gives the number of the restore, and of the
 * goals that are to be reconciled.
 *
 * @throws as opening the stores does.
 */
export async function markPostgresRestored(
  options: ConnectOptions,
  { reason, now }: { readonly reason: string; readonly now: number },
): Promise<{ readonly no: number; readonly goals: number }> {
  const owner = connectOwner(options);
  try {
    await prepare(options, owner);
    return await beginIncarnation(owner, { reason, now });
  } finally {
    await owner.end({ timeout: 5 });
  }
}

function openError(url: string, cause: unknown): unknown {
  if (cause instanceof Error && 'family' in cause) return cause;
  const { servers, url: first } = readDatabaseAddress(url);
  const hosts = servers.map(({ host, port }) => `${host}:${port}`).join(', ');
  return refused(
    'database-unreachable',
    `The database ${new URL(first).pathname.slice(1)} on ${hosts} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      cause,
      action: 'Start PostgreSQL, or check the address, the user and the password given with --database.',
    },
  );
}
