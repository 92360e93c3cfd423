// Rows that the processes of a cluster have read a moment ago. While there is no Redis, or it is slow, they are read: that is
// slower and never wrong.
//
// What is forgotten leaves a mark in its place for as long as a reading may take that began before: what such a reading brings is
// not kept, because nothing is put where something is.

import type { ReadCache } from '@chorale/module-goals';
import type { RedisConnection } from './redis-connection.ts';

export interface RedisReadCacheOptions {
  readonly prefix: string;
  readonly keptMs: number;
  /** Monotonic. */
  readonly now: () => number;
}

const find = `return redis.call('GET', KEYS[1])`;
const put = `return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])`;
const mark = `for _, key in ipairs(KEYS) do redis.call('SET', key, '', 'PX', ARGV[1]) end`;

/** A reading that takes longer is not kept. */
const loadMsMax = 2_000;
/** Forgotten together, a few milliseconds' worth. */
const gatherMs = 3;
const keysMax = 1_000;

export function createRedisReadCache(
  redis: RedisConnection,
  { prefix, keptMs, now }: RedisReadCacheOptions,
): ReadCache {
  const nameOf = (key: string): string => `${prefix}:row:${key}`;
  const forgetting = gatherForgetting(redis, nameOf);
  return {
    async read<Row extends object>(key: string, load: () => Promise<Row | undefined>): Promise<Row | undefined> {
      const name = nameOf(key);
      const found = await redis.run(find, [name], []).catch(() => undefined);
      if (typeof found === 'string' && found !== '') return JSON.parse(found) as Row;
      const begunAt = now();
      const row = await load();
      const leftMs = Math.floor(begunAt + keptMs - now());
      // `undefined`: it was not there to be asked, and may hold anything when it is again.
      if (row !== undefined && found === null && leftMs > 0 && now() - begunAt < loadMsMax)
        await redis.run(put, [name], [JSON.stringify(row), String(leftMs)]).catch(() => undefined);
      return row;
    },
    forget: forgetting,
  };
}

function gatherForgetting(redis: RedisConnection, nameOf: (key: string) => string): ReadCache['forget'] {
  let gathered = new Set<string>();
  let sending: Promise<void> | undefined;
  const send = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    const names = [...gathered];
    gathered = new Set();
    sending = undefined;
    for (let at = 0; at < names.length; at += keysMax)
      await redis.run(mark, names.slice(at, at + keysMax), [String(loadMsMax)]).catch(() => undefined);
  };
  return (keys) => {
    for (const key of keys) gathered.add(nameOf(key));
    return (sending ??= send());
  };
}
