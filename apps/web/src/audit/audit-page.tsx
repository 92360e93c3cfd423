import type { AuditEntry, AuditReport } from '@chorale/lib-client';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { countOf } from '../ui/format.ts';
import { AuditIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Age } from '../ui/time.tsx';
import { AuditEntryDialog } from './audit-entry-dialog.tsx';
import { AuditFilters } from './audit-filters.tsx';
import prose from '../ui/prose.module.css';
import styles from './audit-page.module.css';
import { auditEntriesQuery, auditLogQuery } from './audit-queries.ts';
import { AuditTable } from './audit-table.tsx';

/** Who did what, and whether the log of it is whole. */
export function AuditPage(): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const filter = useSearch({ from: '/audit' });
  const entries = useInfiniteQuery(auditEntriesQuery(client, filter));
  const [shown, setShown] = useState<AuditEntry>();
  const all = entries.data?.pages.flatMap(({ items }) => items) ?? [];
  const verifying = useMutation({
    mutationFn: () => client.verifyAuditLog(),
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.auditLog }),
  });
  const renew = (): void => void cache.invalidateQueries({ queryKey: queryKeys.audit });
  return (
    <Page
      title="Audit"
      actions={
        <>
          <Button onClick={renew}>Read again</Button>
          <Button onClick={() => verifying.mutate()} disabled={verifying.isPending}>
            {verifying.isPending ? 'Verifying…' : 'Verify'}
          </Button>
        </>
      }
    >
      <Column>
        <LogState />
        {verifying.isError ? <ProblemNotice error={verifying.error} what="The log could not be verified" /> : null}
        {verifying.data === undefined ? null : <Report report={verifying.data} />}
        <AuditFilters />
        {entries.isError ? <ProblemNotice error={entries.error} what="The entries could not be read" /> : null}
        {entries.isSuccess && all.length === 0 ? (
          <EmptyState icon={<AuditIcon />} title="Nothing of that is in the log">
            Every act that counts for security is listed here: who did what, on what, and what was decided.
          </EmptyState>
        ) : null}
        {all.length === 0 ? null : <AuditTable entries={all} onOpen={setShown} />}
        {entries.hasNextPage ? (
          <div>
            <Button onClick={() => void entries.fetchNextPage()} disabled={entries.isFetchingNextPage}>
              Show earlier entries
            </Button>
          </div>
        ) : null}
      </Column>
      {shown === undefined ? null : <AuditEntryDialog entry={shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
}

function LogState(): ReactNode {
  const { data, isError, error } = useQuery(auditLogQuery(useClient()));
  if (isError) return <ProblemNotice error={error} what="The log could not be read" />;
  if (data === undefined) return null;
  const { size, checkpoint, origin } = data;
  return (
    <p className={prose.sentence}>
      {countOf(size, 'entry', 'entries')} in <code>{origin}</code>.{' '}
      {checkpoint === undefined ? (
        'None is signed yet.'
      ) : (
        <>
          {countOf(checkpoint.size, 'is', 'are')} signed, <Age at={checkpoint.at} /> ago.
        </>
      )}{' '}
      <a className={prose.link} href="/v1/audit/export" download>
        Download the log
      </a>{' '}
      and verify it with <code>chorale audit verify</code>: that does not trust this server.
    </p>
  );
}

function Report({ report }: { readonly report: AuditReport }): ReactNode {
  const { ok, entries, values, valuesErased, findings } = report;
  return (
    <div className={styles.report} data-ok={ok} aria-live="polite">
      <p>
        {ok
          ? `Verified: ${countOf(entries, 'entry', 'entries')} and ${countOf(values, 'value')} kept beside them are as they were written.`
          : 'Not verified: the log is not as it was written.'}
        {valuesErased > 0 ? ` ${countOf(valuesErased, 'value was', 'values were')} erased, as the log says.` : ''}
      </p>
      {findings.length === 0 ? null : (
        <ul>
          {findings.map(({ code, message }) => (
            <li key={`${code} ${message}`}>{message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
