import type { WorkflowSummary } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { workflowsQuery } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { countOf } from '../ui/format.ts';
import { WorkflowsIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import styles from './workflows-page.module.css';

const origins = { shipped: 'ships with Chorale', user: 'yours', project: 'of this project' } as const;

export function WorkflowsPage(): ReactNode {
  const query = useQuery(workflowsQuery(useClient()));
  return (
    <Page title="Workflows">
      {query.isError && query.data === undefined ? (
        <Column>
          <ProblemNotice error={query.error} what="The workflows could not be read">
            <div>
              <Button onClick={() => void query.refetch()}>Try again</Button>
            </div>
          </ProblemNotice>
        </Column>
      ) : null}
      {query.data?.length === 0 ? (
        <EmptyState icon={<WorkflowsIcon />} title="No workflows found" command="chorale workflow list">
          A workflow is a file that says which tasks a goal is made of. Put one into the project's .agents/workflows
          folder.
        </EmptyState>
      ) : null}
      {query.data === undefined || query.data.length === 0 ? null : (
        <Column>
          <ul className={styles.list}>
            {query.data.map((workflow) => (
              <WorkflowCard key={workflow.name} workflow={workflow} />
            ))}
          </ul>
        </Column>
      )}
    </Page>
  );
}

function WorkflowCard({ workflow }: { readonly workflow: WorkflowSummary }): ReactNode {
  const { name, description, origin, trust, valid, tasks } = workflow;
  return (
    <li>
      <Link to="/workflows/$name" params={{ name }} className={styles.card}>
        <span className={styles.name}>{name}</span>
        <span className={styles.description}>{description}</span>
        <span className={styles.facts}>
          <span>{countOf(tasks, 'task')}</span>
          <span>{origins[origin]}</span>
          {trust === 'untrusted' ? <span className={styles.warn}>not trusted yet</span> : null}
          {valid ? null : <span className={styles.bad}>has mistakes</span>}
        </span>
      </Link>
    </li>
  );
}
