import postgres, { type Sql } from 'postgres';
import { onclose } from './reserve.ts';
import { schedulerRole, tenantRole } from './tenant-roles.ts';

export interface ConnectOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Keeps the tables in a schema of this name, made when it is not there. Default: what the search path says. */
  readonly schema?: string;
}

// Engines read and write by key only. Plans chosen by statistics went wrong on a fresh backlog (a scan of all tasks for
// each batch, seven times the work), so their connections leave the planner no such choice, and plan once.
export const byKeyOnly = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
};

type Settings = { readonly [name: string]: string };

/** Connections that see the rows of the tenants that are named, and no others. */
export function connect(options: ConnectOptions, max: number, settings: Settings): Sql {
  return open(options, max, { role: tenantRole, ...settings });
}

/** Connections for what no caller asks: who is next, what is due. */
export function connectScheduler(options: ConnectOptions, settings: Settings): Sql {
  return open({ ...options, idleSeconds }, 1, { role: schedulerRole, ...settings });
}

/** A connection as the user of the address: to make tables and to look after them. */
export function connectOwner(options: ConnectOptions): Sql {
  return open({ ...options, idleSeconds }, 1, {});
}

/** Those that are seldom needed are not kept: a server has few connections for many processes. */
const idleSeconds = 30;

/**
 * postgres.js 3.4.9 keeps what it had not sent when a connection closed, and then sends nothing on the next one before that
 * and all after it are 1,024 bytes: the pool waits for minutes. A first message of that length is sent at once; the server
 * refuses it where something stands before it, and the try after that is a clean one.
 */
const padding = { 'chorale.padding': '-'.repeat(1_024) };

/** Before the next try at a server that is away. The driver's own pause grows to 20 s, and work waits for it when the server is back. */
function reconnectSeconds(tries: number): number {
  return (0.5 + Math.random() / 2) * Math.min(3 ** tries / 100, reconnectSecondsMax);
}

const reconnectSecondsMax = 1;

function open(options: ConnectOptions & { readonly idleSeconds?: number }, max: number, settings: Settings): Sql {
  return postgres(options.url, {
    max,
    ...(options.idleSeconds === undefined ? {} : { idle_timeout: options.idleSeconds }),
    // Times are milliseconds and counts stay far below 2^53.
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    backoff: reconnectSeconds,
    onnotice: () => undefined,
    onclose,
    connection: {
      application_name: 'chorale',
      ...padding,
      ...settings,
      ...(options.schema === undefined ? {} : { search_path: options.schema }),
    },
  });
}
