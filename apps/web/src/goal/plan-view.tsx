import type { Goal } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { lazy, Suspense } from 'react';
import { useCommands } from '../app/commands.tsx';
import { useClient } from '../data/backend.tsx';
import { tasksQuery } from '../data/queries.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { GraphIcon, ListIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import styles from './plan-view.module.css';
import { TaskList } from './task-list.tsx';

const PlanGraph = lazy(async () => ({ default: (await import('./plan-graph.tsx')).PlanGraph }));

interface PlanViewProps {
  readonly goal: Goal;
  readonly selected: number | undefined;
  readonly onSelect: (taskNo: number | undefined) => void;
}

/** The plan as a graph or, for those who prefer or need it, as a list that says the same. */
export function PlanView({ goal, selected, onSelect }: PlanViewProps): ReactNode {
  const { as } = useSearch({ from: '/goals/$goalId' });
  const navigate = useNavigate({ from: '/goals/$goalId' });
  const tasks = useQuery(tasksQuery(useClient(), goal.goalId));
  const showAs = (next: 'list' | undefined): void =>
    void navigate({
      search: ({ as: _dropped, ...rest }) => (next === undefined ? rest : { ...rest, as: next }),
      replace: true,
    });
  useCommands([
    as === 'list'
      ? {
          id: 'plan.as-graph',
          title: 'Show the plan as a graph',
          group: 'This goal',
          keys: 'v',
          icon: <GraphIcon />,
          run: () => showAs(undefined),
        }
      : {
          id: 'plan.as-list',
          title: 'Show the plan as a list',
          group: 'This goal',
          keys: 'v',
          icon: <ListIcon />,
          run: () => showAs('list'),
        },
  ]);
  if (tasks.data === undefined) {
    return (
      <div className={styles.notice}>
        {tasks.isError ? (
          <ProblemNotice error={tasks.error} what="The tasks could not be read">
            <div>
              <Button onClick={() => void tasks.refetch()}>Try again</Button>
            </div>
          </ProblemNotice>
        ) : (
          'Reading the plan…'
        )}
      </div>
    );
  }
  return (
    <>
      <fieldset className={styles.switch} aria-label="Show the plan as">
        <IconButton label="Graph" keys="v" aria-pressed={as === undefined} onClick={() => showAs(undefined)}>
          <GraphIcon />
        </IconButton>
        <IconButton label="List" keys="v" aria-pressed={as === 'list'} onClick={() => showAs('list')}>
          <ListIcon />
        </IconButton>
      </fieldset>
      {as === 'list' ? (
        <TaskList tasks={tasks.data} selected={selected} onSelect={onSelect} />
      ) : (
        <Suspense fallback={<div className={styles.notice}>Drawing the plan…</div>}>
          <PlanGraph tasks={tasks.data} selected={selected} onSelect={onSelect} />
        </Suspense>
      )}
    </>
  );
}
