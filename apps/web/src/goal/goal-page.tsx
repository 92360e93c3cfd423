import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Goal } from '@chorale/lib-client';
import type { ReactNode } from 'react';
import { Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { goalQuery } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import { ChevronRightIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { DetailsView } from './details-view.tsx';
import { FilesView } from './files-view.tsx';
import { GoalActions } from './goal-actions.tsx';
import styles from './goal-page.module.css';
import { GoalStatus } from './goal-status.tsx';
import { GoalTabs } from './goal-tabs.tsx';
import { PlanView } from './plan-view.tsx';
import { TaskPanel } from './task-panel.tsx';
import { TimelineView } from './timeline-view.tsx';

export function GoalPage(): ReactNode {
  const { goalId } = useParams({ from: '/goals/$goalId' });
  const { data: goal, error, refetch } = useQuery(goalQuery(useClient(), goalId));
  const back = (
    <nav aria-label="Where this is" className={styles.crumbs}>
      <Link to="/goals">Goals</Link>
      <ChevronRightIcon size={12} />
    </nav>
  );
  if (goal !== undefined) {
    return (
      <Page title={goal.title} before={back} actions={<GoalActions goal={goal} />} filled>
        <GoalBody goal={goal} />
      </Page>
    );
  }
  return (
    <Page title="Goal" before={back}>
      <div className={styles.notice}>
        {error === null ? (
          <p>Reading the goal…</p>
        ) : (
          <ProblemNotice error={error} what={`The goal ${goalId} could not be read`}>
            <div>
              <Button onClick={() => void refetch()}>Try again</Button>
            </div>
          </ProblemNotice>
        )}
      </div>
    </Page>
  );
}

function GoalBody({ goal }: { readonly goal: Goal }): ReactNode {
  const { tab = 'plan', task } = useSearch({ from: '/goals/$goalId' });
  const navigate = useNavigate({ from: '/goals/$goalId' });
  const selectTask = (no: number | undefined): void =>
    void navigate({
      search: ({ task: _dropped, ...rest }) => (no === undefined ? rest : { ...rest, task: no }),
      replace: true,
    });
  return (
    <>
      <GoalStatus goal={goal} onSelectTask={selectTask} />
      <GoalTabs />
      <div className={styles.split}>
        <section className={styles.view} aria-label={tab}>
          {tab === 'plan' ? <PlanView goal={goal} selected={task} onSelect={selectTask} /> : null}
          {tab === 'timeline' ? <TimelineView goal={goal} onSelectTask={selectTask} /> : null}
          {tab === 'files' ? <FilesView goal={goal} /> : null}
          {tab === 'details' ? <DetailsView goal={goal} /> : null}
        </section>
        {task === undefined ? null : <TaskPanel key={task} goal={goal} taskNo={task} onSelect={selectTask} />}
      </div>
    </>
  );
}
