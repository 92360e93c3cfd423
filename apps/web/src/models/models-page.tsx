import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { countOf } from '../ui/format.ts';
import { RetryIcon } from '../ui/icons.tsx';
import { PageTabs } from '../ui/page-tabs.tsx';
import { sayDone, sayFailed } from '../ui/toasts.tsx';
import { Calls } from './calls.tsx';
import { Deployments } from './deployments.tsx';
import { Learning } from './learning.tsx';
import { Spend } from './spend.tsx';

/** Which models there are, what may be spent on them, and where each call went. */
export function ModelsPage(): ReactNode {
  const { tab } = useSearch({ from: '/models' });
  return (
    <Page title="Models" actions={tab === undefined ? <Probe /> : null} toolbar={<Tabs />}>
      <Column>
        {tab === undefined ? <Deployments /> : null}
        {tab === 'spend' ? <Spend /> : null}
        {tab === 'calls' ? <Calls /> : null}
        {tab === 'learned' ? <Learning /> : null}
      </Column>
    </Page>
  );
}

function Tabs(): ReactNode {
  return (
    <PageTabs label="Models">
      <Link to="/models" search={{}} activeOptions={{ exact: true, includeSearch: true }}>
        Deployments
      </Link>
      <Link to="/models" search={{ tab: 'spend' }}>
        Keys and budgets
      </Link>
      <Link to="/models" search={{ tab: 'calls' }}>
        Calls
      </Link>
      <Link to="/models" search={{ tab: 'learned' }}>
        Learned
      </Link>
    </PageTabs>
  );
}

function Probe(): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const probe = useMutation({
    mutationFn: () => client.probeDeployments(),
    onSuccess: async ({ providers }) => {
      await cache.invalidateQueries({ queryKey: queryKeys.deployments });
      const silent = providers.filter(({ problem }) => problem !== undefined);
      if (silent.length === 0) sayDone(`${countOf(providers.length, 'provider')} asked`);
      else sayFailed('Not every provider answered', new Error(silent.map(sayProblem).join(' ')));
    },
    onError: (error) => sayFailed('The providers could not be asked', error),
  });
  return (
    <Button icon={<RetryIcon size={14} />} onClick={() => probe.mutate()} disabled={probe.isPending}>
      Look for models
    </Button>
  );
}

function sayProblem({ name, problem }: { readonly name: string; readonly problem?: string }): string {
  return `${name}: ${problem ?? ''}`;
}
