// What the processes of a cluster share for speed: Redis, or a server that speaks as Redis does, where one is configured.

import type { Redis } from '@chorale/adapter-redis';
import { readAddress } from '../config/load-config.ts';
import { complainSeldom } from './complain-seldom.ts';
import { refusePlain, type Linked } from './service-tls.ts';

/** Undefined where none is configured. Never fails for want of a server: it may come later. Throws `service-in-plain`. */
export async function openCache({ config, env, log, links }: Linked): Promise<Redis | undefined> {
  const url = readAddress(config, 'cache', env);
  if (url === '') return undefined;
  const isSecure = url.startsWith('rediss:');
  if (!isSecure) refusePlain('The cache', url, config.services);
  const tls = isSecure ? { tls: links.own } : {};
  const onError = complainSeldom(log, 'the cache complains');
  // Loaded only where it is wanted, like all that speaks to services which few configure: 19 MiB of 290 under load.
  const { openRedis } = await import('@chorale/adapter-redis');
  const redis = await openRedis({ url, ...tls, now: Date.now, onError });
  if (!redis.isUp) log.warn('the cache is not there; until it comes, each process limits by itself');
  return redis;
}
