// Who is logged in, as the cache keeps it: null where nobody is.
import type { Account, ChoraleClient } from '@chorale/lib-client';
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { isUnauthenticated } from '../data/queries.ts';
import { queryKeys } from '../data/query-keys.ts';

export function accountQuery(client: ChoraleClient) {
  return queryOptions({
    queryKey: queryKeys.account,
    queryFn: async (): Promise<Account | null> => {
      try {
        return await client.getAccount();
      } catch (error) {
        if (isUnauthenticated(error)) return null;
        throw error;
      }
    },
  });
}

/** Whatever was read before is not for whoever comes next. */
export function forgetAll(cache: QueryClient): void {
  cache.setQueryData(queryKeys.account, null);
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.account[0] || queryKey.length > 1 });
}
