// What the processes of a cluster share for speed and can do without: rate limits, and the states of sessions under way.

import type { RateLimiter } from '@chorale/module-access';
import { layerReadCaches, openMemoryReadCache, type ReadCache } from '@chorale/module-goals';
import type { SessionStateStore } from '@chorale/module-memory';
import { connectRedis, type ConnectionOptions, type RedisConnection } from './redis-connection.ts';
import { createRedisRateLimiter } from './redis-rate-limiter.ts';
import { createRedisReadCache } from './redis-read-cache.ts';
import { createRedisSessionStates } from './redis-session-states.ts';

export interface RedisOptions extends ConnectionOptions {
  /** Begins every key. Default `chorale`; of tests, something of their own. */
  readonly prefix?: string;
  readonly now: () => number;
  /** How long rows are kept that nobody says have changed. */
  readonly keptMs?: number;
}

export interface Redis {
  readonly isUp: boolean;
  readonly rateLimiter: RateLimiter;
  readonly sessionStates: SessionStateStore;
  readonly readCache: ReadCache;
  close(): Promise<void>;
}

const keptMsDefault = 1_000;
const entriesMax = 10_000;

/** Resolves whether or not there is a server. */
export async function openRedis({
  prefix = 'chorale',
  now,
  keptMs = keptMsDefault,
  ...options
}: RedisOptions): Promise<Redis> {
  const connection = await connectRedis(options);
  return {
    get isUp() {
      return connection.isUp;
    },
    rateLimiter: createRedisRateLimiter(connection, prefix),
    sessionStates: createRedisSessionStates(connection, { prefix, now }),
    readCache: openReadCache(connection, prefix, keptMs),
    close: () => connection.close(),
  };
}

/** Half of the time in this process and half of it in Redis: together what was asked for. */
function openReadCache(connection: RedisConnection, prefix: string, keptMs: number): ReadCache {
  const limits = { keptMs: keptMs / 2, now: () => performance.now() };
  return layerReadCaches(
    openMemoryReadCache({ ...limits, entriesMax }),
    createRedisReadCache(connection, { ...limits, prefix }),
  );
}
