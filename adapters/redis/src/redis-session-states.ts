// Session states that the processes of a cluster share. What was saved expires; what was not does not.

import type { TenantId } from '@chorale/lib-ids';
import type { Json } from '@chorale/module-goals';
import {
  checkSessionWrite,
  sessionName,
  sessionStateChanged,
  type SessionKey,
  type SessionState,
  type SessionStateStore,
} from '@chorale/module-memory';
import type { RedisConnection } from './redis-connection.ts';

/** A saved state that nobody touches goes after so long; its rows have it. */
const idleMs = 6 * 3_600_000;

const find = `return redis.call('HGET', KEYS[1], 'state')`;
const put = `
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version ~= tonumber(ARGV[1]) then return version end
redis.call('HSET', KEYS[1], 'version', version + 1, 'state', ARGV[2])
redis.call('PERSIST', KEYS[1])
redis.call('ZADD', KEYS[2], 'NX', ARGV[3], KEYS[1])
return -1`;
const restore = `
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version >= tonumber(ARGV[1]) then return redis.call('HGET', KEYS[1], 'state') end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'saved', ARGV[1], 'state', ARGV[2])
redis.call('ZREM', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return ARGV[2]`;
const drop = `redis.call('ZREM', KEYS[2], KEYS[1]) return redis.call('DEL', KEYS[1])`;
const scanTenant = `
local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000)
if ARGV[3] == 'drop' then
  for _, key in ipairs(found[2]) do
    redis.call('ZREM', KEYS[1], key)
    redis.call('DEL', key)
  end
end
return { found[1], #found[2] }`;
const listUnsaved = `
local states = {}
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1)) do
  local state = redis.call('HGET', key, 'state')
  if state then states[#states + 1] = state else redis.call('ZREM', KEYS[1], key) end
end
return states`;
const noteSaved = `
local version = redis.call('HGET', KEYS[1], 'version')
if not version then return 0 end
local saved = math.max(tonumber(redis.call('HGET', KEYS[1], 'saved') or '0'), tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'saved', saved)
if saved >= tonumber(version) then
  redis.call('ZREM', KEYS[2], KEYS[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 1`;

/** Every call rejects with `cache-unavailable` while there is no Redis: the rows have what was saved. */
export function createRedisSessionStates(
  redis: RedisConnection,
  { prefix, now }: { readonly prefix: string; readonly now: () => number },
): SessionStateStore {
  const unsaved = `${prefix}:unsaved`;
  const keysOf = (key: SessionKey): readonly [string, string] => [`${prefix}:session:${sessionName(key)}`, unsaved];
  async function scan(tenantId: TenantId, what: 'count' | 'drop'): Promise<number> {
    let count = 0;
    for (let cursor = '0'; ;) {
      const found = await redis.run(scanTenant, [unsaved], [cursor, `${prefix}:session:${patternOf(tenantId)}`, what]);
      const [next, some] = found as readonly [string, number];
      count += some;
      if (next === '0') return count;
      cursor = next;
    }
  }
  return {
    async find(key) {
      return readState(await redis.run(find, keysOf(key), []));
    },
    async put(key, write) {
      const value: Json = JSON.parse(checkSessionWrite(key, write)) as Json;
      const { tenantId, scope, sessionId } = key;
      const { expectedVersion } = write;
      const state = { tenantId, scope, sessionId, version: expectedVersion + 1, value, changedAt: now() };
      const found = await redis.run(put, keysOf(key), [
        String(expectedVersion),
        JSON.stringify(state),
        String(state.changedAt),
      ]);
      if (found !== -1) throw sessionStateChanged(key, expectedVersion, Number(found));
      return state;
    },
    async restore(state) {
      const values = [String(state.version), JSON.stringify(state), String(idleMs)];
      return readState(await redis.run(restore, keysOf(state), values)) ?? state;
    },
    async drop(key) {
      await redis.run(drop, keysOf(key), []);
    },
    countTenant: (tenantId) => scan(tenantId, 'count'),
    async dropTenant(tenantId) {
      await scan(tenantId, 'drop');
    },
    async listUnsaved(limit) {
      const found = (await redis.run(listUnsaved, [unsaved], [String(limit)])) as readonly string[];
      return found.flatMap((text) => readState(text) ?? []);
    },
    async noteSaved(key, version) {
      await redis.run(noteSaved, keysOf(key), [String(version), String(idleMs)]);
    },
    close: async () => undefined,
  };
}

/** Of the names of all its sessions: `sessionName` begins with the tenant. */
function patternOf(tenantId: TenantId): string {
  return `[${JSON.stringify(tenantId)},`.replaceAll(/[*?[\]\\^-]/g, '\\$&') + '*';
}

function readState(text: unknown): SessionState | undefined {
  return typeof text === 'string' ? (JSON.parse(text) as SessionState) : undefined;
}
