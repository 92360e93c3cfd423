// What the processes of a cluster share for speed: Redis, or a server that speaks as Redis does, where one is configured.

import { openRedis, type Redis } from '@chorale/adapter-redis';
import type { Config } from '../config/config-schema.ts';
import { readAddress } from '../config/load-config.ts';
import type { Log } from '../process/log.ts';

/** Undefined where none is configured. Never fails for want of a server: it may come later. */
export async function openCache(config: Config, env: NodeJS.ProcessEnv, log: Log): Promise<Redis | undefined> {
  const url = readAddress(config, 'cache', env);
  if (url === '') return undefined;
  const redis = await openRedis({ url, now: Date.now, onError: (error) => log.warn('the cache complains', { error }) });
  if (!redis.isUp) log.warn('the cache is not there; until it comes, each process limits by itself');
  return redis;
}
