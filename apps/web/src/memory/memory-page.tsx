import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Column, Page } from '../app/page.tsx';
import { pick } from '../app/search-params.ts';
import { useClient } from '../data/backend.tsx';
import { countOf } from '../ui/format.ts';
import { PageTabs } from '../ui/page-tabs.tsx';
import { Unseen } from '../ui/unseen.tsx';
import { MemoryFind } from './memory-find.tsx';
import { memoryStatsQuery } from './memory-queries.ts';
import { MemoryTimeline } from './memory-timeline.tsx';
import { Quarantine } from './quarantine.tsx';
import styles from './memory.module.css';

/** What is remembered: found by words, as the timeline of a subject, and what waits for a person. */
export function MemoryPage(): ReactNode {
  const { tab } = useSearch({ from: '/memory' });
  return (
    <Page title="Memory" toolbar={<Tabs />}>
      <Column>
        {tab === undefined ? <MemoryFind /> : null}
        {tab === 'timeline' ? <MemoryTimeline /> : null}
        {tab === 'quarantine' ? <Quarantine /> : null}
      </Column>
    </Page>
  );
}

function Tabs(): ReactNode {
  const stats = useQuery(memoryStatsQuery(useClient()));
  const waiting = stats.data?.quarantined ?? 0;
  return (
    <PageTabs label="Memory">
      <Link
        to="/memory"
        search={({ q, scope, kind, asOf }) => pick({ q, scope, kind, asOf })}
        activeOptions={{ exact: true, includeSearch: true }}
      >
        Search
      </Link>
      <Link to="/memory" search={{ tab: 'timeline' }}>
        Timeline
      </Link>
      <Link to="/memory" search={{ tab: 'quarantine' }}>
        Quarantine
        {waiting === 0 ? null : (
          <span className={styles.badge}>
            <span aria-hidden="true">{waiting}</span>
            <Unseen>: {countOf(waiting, 'memory waits', 'memories wait')}</Unseen>
          </span>
        )}
      </Link>
    </PageTabs>
  );
}
