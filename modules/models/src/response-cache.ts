// Answers to the very same question of the same asker, kept in memory. Exact: a letter more is another question.
//
// Another store (one that several processes share) implements `ResponseCache` beside this one.

import type { Clock } from '@chorale/lib-time';
import { createBoundedCache, type BoundedCache, type CacheLimits } from './bounded-cache.ts';
import { canonicalRequest } from './canonical-request.ts';
import type { ChatReply } from './conversation.ts';
import type { CacheQuestion, ResponseCache } from './router-ports.ts';

export interface ResponseCacheWorld {
  readonly clock: Pick<Clock, 'now'>;
  readonly sha256Hex: (text: string) => string;
  /** Default: whoever asks for temperature 0 wants the same answer again. */
  readonly mayKeep?: (asked: CacheQuestion) => boolean;
  readonly limits?: CacheLimits;
}

const defaultCacheLimits: CacheLimits = { ageMsMax: 3_600_000, entriesMax: 10_000, bytesMax: 64 * 1024 * 1024 };

const asksForTheSame = ({ request }: CacheQuestion): boolean => request.temperature === 0;

/** In this process. */
export type LocalResponseCache = ResponseCache & Pick<BoundedCache<ChatReply>, 'size' | 'clear'>;

export function createResponseCache(world: ResponseCacheWorld): LocalResponseCache {
  const replies = createBoundedCache<ChatReply>(world.clock, world.limits ?? defaultCacheLimits);
  const mayKeep = world.mayKeep ?? asksForTheSame;
  const keyOf = (asked: CacheQuestion): string => world.sha256Hex(canonicalRequest(asked, asked.request));
  return {
    find: (asked) => (mayKeep(asked) ? replies.find(keyOf(asked)) : undefined),
    keep(asked, reply) {
      // Cut off, refused or filtered: the next try may do better.
      if (!mayKeep(asked) || (reply.finish !== 'stop' && reply.finish !== 'tool-calls')) return;
      // Two bytes a character, about what the strings take.
      replies.keep(keyOf(asked), reply, 2 * JSON.stringify(reply).length);
    },
    clear: () => replies.clear(),
    size: () => replies.size(),
  };
}
