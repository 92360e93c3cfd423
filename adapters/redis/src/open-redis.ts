// What the processes of a cluster share for speed and can do without: rate limits, and the states of sessions under way.

import type { RateLimiter } from '@chorale/module-access';
import type { SessionStateStore } from '@chorale/module-memory';
import { connectRedis, type ConnectionOptions } from './redis-connection.ts';
import { createRedisRateLimiter } from './redis-rate-limiter.ts';
import { createRedisSessionStates } from './redis-session-states.ts';

export interface RedisOptions extends ConnectionOptions {
  /** Begins every key. Default `chorale`; of tests, something of their own. */
  readonly prefix?: string;
  readonly now: () => number;
}

export interface Redis {
  readonly isUp: boolean;
  readonly rateLimiter: RateLimiter;
  readonly sessionStates: SessionStateStore;
  close(): Promise<void>;
}

/** Resolves whether or not there is a server. */
export async function openRedis({ prefix = 'chorale', now, ...options }: RedisOptions): Promise<Redis> {
  const connection = await connectRedis(options);
  return {
    get isUp() {
      return connection.isUp;
    },
    rateLimiter: createRedisRateLimiter(connection, prefix),
    sessionStates: createRedisSessionStates(connection, { prefix, now }),
    close: () => connection.close(),
  };
}
