import type { ChoraleClient, MemoryFilter, MemorySearchRequest } from '@chorale/lib-client';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

/** Everything of memory that is kept here; agents write all the time, and a look is taken again after this. */
export const memoryKey = ['memory'] as const;
const staleMs = 10_000;
const perPage = 50;

export function memorySearchQuery(client: ChoraleClient, request: MemorySearchRequest) {
  return queryOptions({
    queryKey: [...memoryKey, 'search', request],
    queryFn: () => client.searchMemory(request),
    staleTime: staleMs,
  });
}

export function memoryListQuery(client: ChoraleClient, filter: MemoryFilter) {
  return infiniteQueryOptions({
    queryKey: [...memoryKey, 'list', filter],
    queryFn: ({ pageParam }) =>
      client.listMemories({ ...filter, limit: perPage, ...(pageParam === undefined ? {} : { after: pageParam }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    staleTime: staleMs,
  });
}

export function memoryQuery(client: ChoraleClient, memoryId: string) {
  return queryOptions({
    queryKey: [...memoryKey, 'one', memoryId],
    queryFn: () => client.getMemory(memoryId),
    staleTime: staleMs,
  });
}

export function memoryStatsQuery(client: ChoraleClient) {
  return queryOptions({
    queryKey: [...memoryKey, 'stats'],
    queryFn: () => client.memoryStats(),
    staleTime: staleMs,
  });
}
