import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { Page } from '../app/page.tsx';
import { parseStates } from '../app/search-params.ts';
import { useClient } from '../data/backend.tsx';
import { goalsOf } from '../data/goal-pages.ts';
import { approvalsQuery, goalListQuery } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { GoalsIcon, PlusIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useProjects } from '../projects/chosen-project.ts';
import { GoalFilters } from './goal-filters.tsx';
import { GoalList } from './goal-list.tsx';
import styles from './goals-page.module.css';

export function GoalsPage(): ReactNode {
  const navigate = useNavigate();
  const startGoal = (): void => void navigate({ to: '.', search: (previous) => ({ ...previous, new: '' }) });
  return (
    <Page
      title="Goals"
      filled
      actions={
        <Button look="primary" icon={<PlusIcon size={14} />} keys="c" tip="Start a goal" onClick={startGoal}>
          New goal
        </Button>
      }
      toolbar={<GoalFilters />}
    >
      <Goals onStart={startGoal} />
    </Page>
  );
}

function Goals({ onStart }: { readonly onStart: () => void }): ReactNode {
  const client = useClient();
  const { state, workflow, archived } = useSearch({ from: '/goals' });
  const states = parseStates(state);
  const filter = {
    ...(states.length === 0 ? {} : { states }),
    ...(workflow === undefined ? {} : { workflow }),
    ...(archived === undefined ? {} : { archived }),
  };
  const { chosen } = useProjects();
  const query = useInfiniteQuery(
    goalListQuery(client, chosen === undefined ? filter : { ...filter, projectId: chosen }),
  );
  const approvals = useQuery(approvalsQuery(client, 'pending'));
  const goals = useMemo(() => (query.data === undefined ? [] : goalsOf(query.data)), [query.data]);
  const asking = useMemo(() => new Set(approvals.data?.map((approval) => approval.goalId)), [approvals.data]);

  if (query.isPending) return <p className={styles.reading}>Reading goals…</p>;
  if (query.isError && goals.length === 0) {
    return (
      <div className={styles.notice}>
        <ProblemNotice error={query.error} what="The goals could not be read">
          <div>
            <Button onClick={() => void query.refetch()}>Try again</Button>
          </div>
        </ProblemNotice>
      </div>
    );
  }
  if (goals.length === 0) {
    const filtered = state !== undefined || workflow !== undefined || archived === true;
    return <NoGoals filtered={filtered} onStart={onStart} />;
  }
  return (
    <GoalList
      goals={goals}
      asking={asking}
      onEndNear={query.hasNextPage && !query.isFetchingNextPage ? () => void query.fetchNextPage() : undefined}
    />
  );
}

function NoGoals({ filtered, onStart }: { readonly filtered: boolean; readonly onStart: () => void }): ReactNode {
  if (filtered) {
    return (
      <EmptyState icon={<GoalsIcon />} title="No goal fits this filter" command="chorale goal list">
        Choose another state or workflow above.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<GoalsIcon />}
      title="No goals yet"
      command="chorale run review-repository --follow"
      action={
        <Button look="primary" onClick={onStart}>
          Start a goal
        </Button>
      }
    >
      A goal is a piece of work you hand over: it becomes a plan of tasks, agents do them, and you see all of it here as
      it happens. Start one here or on a terminal:
    </EmptyState>
  );
}
