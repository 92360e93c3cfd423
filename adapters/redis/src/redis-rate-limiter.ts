// Buckets that the processes of a cluster share. While there is no Redis each process has its own: the limits are then
// wider, by as many processes as there are, and nobody is kept out because of it.

import { openMemoryRateLimiter, takeFromBucket, type RateLimiter } from '@chorale/module-access';
import type { RedisConnection } from './redis-connection.ts';

// What `takeFromBucket` does, at one place for all; gives what was there before.
const take = `
local before = redis.call('GET', KEYS[1])
local now, eachMs, roomMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local fullAt = math.max(before and tonumber(before) or now, now) + eachMs
if fullAt - now - roomMs <= 1e-6 then
  redis.call('SET', KEYS[1], string.format('%.17g', fullAt), 'PX', math.ceil(fullAt - now) + 1000)
end
return before`;

export function createRedisRateLimiter(redis: RedisConnection, prefix: string): RateLimiter {
  const own = openMemoryRateLimiter();
  return {
    async take(bucket, rule, now) {
      const eachMs = 1_000 / rule.perSecond;
      const values = [now, eachMs, rule.burst * eachMs].map(String);
      try {
        const before = await redis.run(take, [`${prefix}:bucket:${bucket}`], values);
        return takeFromBucket(typeof before === 'string' ? Number(before) : undefined, rule, now).verdict;
      } catch {
        return own.take(bucket, rule, now);
      }
    },
  };
}
