// Pools of connections, as the roles that keep tenants apart, with an end to every wait.
import type { SecureContext } from 'node:tls';
import postgres, { type Sql } from 'postgres';
import { PrimaryFinder } from './find-primary.ts';
import { Pool, registerPool } from './pool.ts';
import { giveUpAfter } from './reserve.ts';
import { readDatabaseAddress, type DatabaseAddress, type ServerAddress } from './server-address.ts';
import { brokenSocket, openSocket, watchSocket, type ServerTls } from './server-socket.ts';
import { schedulerRole, tenantRole } from './tenant-roles.ts';

export interface ConnectOptions {
  /** `postgres://user:password@host:port/database`; several hosts are servers that copy each other. */
  readonly url: string;
  /** Keeps the tables in a schema of this name, made when it is not there. Default: what the search path says. */
  readonly schema?: string;
  /** Shake hands over TLS, and take no server that does not prove its name. Without: what the address says. */
  readonly tls?: { readonly secureContext: SecureContext };
  readonly timeouts?: Partial<DatabaseTimeouts>;
}

export interface DatabaseTimeouts {
  /** A statement ends after this; the server sees to it. */
  readonly statementMs: number;
  /** How long a statement waits for another transaction. */
  readonly lockMs: number;
  /** A transaction that is left alone ends after this. */
  readonly idleMs: number;
  /** How long a connection may take, and how long a server that takes writes is looked for. */
  readonly connectMs: number;
}

export const timeoutsDefault: DatabaseTimeouts = {
  statementMs: 30_000,
  lockMs: 10_000,
  idleMs: 30_000,
  connectMs: 10_000,
};

// Engines read and write by key only. Plans chosen by statistics went wrong on a fresh backlog (a scan of all tasks for
// each batch, seven times the work), so their connections leave the planner no such choice, and plan once.
export const byKeyOnly = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
};

/**
 * For lists: page by page, each in the order of an index. Before there are statistics the planner takes a tenant for a few rows, and
 * read and sorted all of them for each page; ten times the work with 1,000 goals, and more with each goal.
 */
export const inOrder = {
  enable_sort: 'off',
  enable_incremental_sort: 'off',
  enable_bitmapscan: 'off',
  enable_seqscan: 'off',
  jit: 'off',
};

type Settings = { readonly [name: string]: string };

/** Connections that see the rows of the tenants that are named, and no others. */
export function connect(options: ConnectOptions, max: number, settings: Settings): Sql {
  return open(options, max, { role: tenantRole, ...bounds(options), ...settings });
}

/** Connections for what no caller asks: who is next, what is due. */
export function connectScheduler(options: ConnectOptions, settings: Settings): Sql {
  return open({ ...options, idleSeconds }, 1, { role: schedulerRole, ...bounds(options), ...settings });
}

/** A connection as the user of the address: to make tables and to look after them, which takes as long as it takes. */
export function connectOwner(options: ConnectOptions): Sql {
  return open({ ...options, idleSeconds, isUnbounded: true }, 1, {});
}

/** To be told when another server has taken over, which may not have all that was acknowledged before. */
export function onServerMoved(options: ConnectOptions, listener: () => void): () => void {
  return finderOf(options, readDatabaseAddress(options.url))?.onMoved(listener) ?? (() => undefined);
}

/** Those that are seldom needed are not kept: a server has few connections for many processes. */
const idleSeconds = 30;

/** A server that is busy ends a statement itself a little later than it was told to. */
const graceMs = 5_000;

function timeoutsOf({ timeouts }: ConnectOptions): DatabaseTimeouts {
  return { ...timeoutsDefault, ...timeouts };
}

/** The server ends what nobody waits for any more. A commit that waits for a synchronous standby has no limit there, only here. */
function bounds(options: ConnectOptions): Settings {
  const { statementMs, lockMs, idleMs } = timeoutsOf(options);
  return {
    statement_timeout: String(statementMs),
    lock_timeout: String(lockMs),
    idle_in_transaction_session_timeout: String(idleMs),
    client_connection_check_interval: String(graceMs),
  };
}

/**
 * postgres.js 3.4.9 keeps what it had not sent when a connection closed, and then sends nothing on the next one before that
 * and all after it are 1,024 bytes: the pool waits for minutes. A first message of that length is sent at once, and what stands
 * before it is left out (frame-count.ts).
 */
const padding = { 'chorale.padding': '-'.repeat(1_024) };

/** Of the driver, before it connects again: the longest of its own would be twenty seconds. */
const pauseSecondsMax = 1;

interface PoolOptions extends ConnectOptions {
  readonly idleSeconds?: number;
  readonly isUnbounded?: boolean;
}

function open(options: PoolOptions, max: number, settings: Settings): Sql {
  const { statementMs, connectMs } = timeoutsOf(options);
  const silentMs = options.isUnbounded === true ? 0 : statementMs + graceMs;
  const pool = new Pool(options.isUnbounded === true ? 0 : connectMs + silentMs);
  const address = readDatabaseAddress(options.url);
  const finder = finderOf(options, address);
  // Its types do not know of sockets that are handed in.
  const described: object = {
    ...driverOptions(options, settings),
    max,
    ...(options.idleSeconds === undefined ? {} : { idle_timeout: options.idleSeconds }),
    ...(finder === undefined ? {} : { target_session_attrs: 'primary' }),
    onclose: pool.onclose,
    socket: () => way({ options, address, finder, silentMs }),
  };
  return registerPool(postgres(address.url, described), pool);
}

function driverOptions(options: ConnectOptions, settings: Settings): object {
  return {
    // Said by the socket.
    ssl: false,
    connect_timeout: timeoutsOf(options).connectMs / 1_000,
    // A connection that ended by age would close while others are reserved (reserve.ts).
    max_lifetime: null,
    // The driver asks each new connection for the types of arrays, and ends the process when that connection is lost meanwhile:
    // nobody catches what it throws. No statement here gives or takes an array.
    fetch_types: false,
    backoff: (retries: number) => (0.5 + Math.random() / 2) * Math.min(3 ** retries / 100, pauseSecondsMax),
    // Times are milliseconds and counts stay far below 2^53.
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    onnotice: () => undefined,
    connection: {
      application_name: 'chorale',
      ...padding,
      ...settings,
      ...(options.schema === undefined ? {} : { search_path: options.schema }),
    },
  };
}

interface Way {
  readonly options: ConnectOptions;
  readonly address: DatabaseAddress;
  readonly finder: PrimaryFinder | undefined;
  readonly silentMs: number;
}

/** A socket for the driver; where there is none, one that breaks. */
async function way({ options, address, finder, silentMs }: Way): Promise<unknown> {
  let server = address.servers[0]!;
  try {
    server = (await finder?.find()) ?? server;
    const { connectMs } = timeoutsOf(options);
    const socket = await openSocket(server, { tls: tlsOf(options, address), connectMs });
    watchSocket(socket, silentMs);
    // One that the driver ended says nothing of the server.
    socket.once('close', () => {
      if (!socket.writableEnded) finder?.doubt(server);
    });
    // The driver names it where a connection is lost.
    return Object.assign(socket, server);
  } catch (error) {
    finder?.doubt(server);
    return brokenSocket(error as Error);
  }
}

function tlsOf({ tls }: ConnectOptions, { tlsMode }: DatabaseAddress): ServerTls | undefined {
  if (tls !== undefined) return tls;
  if (tlsMode === undefined || ['disable', 'allow', 'prefer'].includes(tlsMode)) return undefined;
  return { rejectUnauthorized: tlsMode !== 'require' };
}

/** For all pools of this process: they find the same server. */
const finders = new Map<string, PrimaryFinder>();

function finderOf(options: ConnectOptions, address: DatabaseAddress): PrimaryFinder | undefined {
  if (!address.takesWrites) return undefined;
  let finder = finders.get(options.url);
  if (finder === undefined) {
    const ask = (server: ServerAddress): Promise<number | undefined> => askServer(options, address, server);
    finder = new PrimaryFinder(address.servers, ask, timeoutsOf(options).connectMs);
    finders.set(options.url, finder);
  }
  return finder;
}

const askMs = 2_000;
/** The first eight digits of the file that is written to are the timeline. */
const timeline = `SELECT CASE WHEN pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' THEN NULL
  ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END`;

async function askServer(
  options: ConnectOptions,
  address: DatabaseAddress,
  server: ServerAddress,
): Promise<number | undefined> {
  const only = { ...address, servers: [server] };
  const described: object = {
    ...driverOptions(options, {}),
    max: 1,
    socket: () =>
      way({
        options: { ...options, timeouts: { connectMs: askMs } },
        address: only,
        finder: undefined,
        silentMs: askMs,
      }),
  };
  const sql = postgres(address.url, described);
  const giveUp = giveUpAfter(askMs);
  try {
    const [row] = await Promise.race([sql.unsafe(timeline).values(), giveUp.promise]);
    const found = row?.[0] as string | null;
    return found === null ? undefined : Number.parseInt(found, 16);
  } finally {
    giveUp.end();
    sql.end({ timeout: 0 }).catch(() => undefined);
  }
}
