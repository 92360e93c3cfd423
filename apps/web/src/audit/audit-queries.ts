// How the audit log is read. Reading it is itself in the log: nothing here is asked again by itself.
import type { AuditFilter, ChoraleClient } from '@chorale/lib-client';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryKeys } from '../data/query-keys.ts';

const entriesPerPage = 50;

export function auditLogQuery(client: ChoraleClient) {
  return queryOptions({ queryKey: queryKeys.auditLog, queryFn: () => client.getAuditLog() });
}

export function auditEntriesQuery(client: ChoraleClient, filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: queryKeys.auditEntries(filter),
    queryFn: ({ pageParam }) =>
      client.listAuditEntries({
        ...filter,
        limit: entriesPerPage,
        ...(pageParam === undefined ? {} : { after: pageParam }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
