import type { Approval } from '@chorale/lib-client';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCommands } from '../app/commands.tsx';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { approvalsQuery, goalQuery } from '../data/queries.ts';
import { useProjects } from '../projects/chosen-project.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ApprovalsIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ApprovalCard } from './approval-card.tsx';
import styles from './approvals-page.module.css';

/** What waits for a person, oldest first; decided ones on request. */
export function ApprovalsPage(): ReactNode {
  const { show } = useSearch({ from: '/approvals' });
  const query = useQuery(approvalsQuery(useClient(), show === 'all' ? 'all' : 'pending'));
  const { chosen } = useProjects();
  const approvals = sortApprovals(
    (query.data ?? []).filter(({ projectId }) => chosen === undefined || chosen === projectId),
  );
  const focusBy = (step: number) => (): void => focusCard(step);
  useCommands([
    { id: 'approval.next', title: 'Next approval', group: 'Approvals', keys: 'j', run: focusBy(1) },
    { id: 'approval.previous', title: 'Previous approval', group: 'Approvals', keys: 'k', run: focusBy(-1) },
  ]);
  return (
    <Page title="Approvals" actions={<ShowSwitch />}>
      {query.isError && query.data === undefined ? (
        <Column>
          <ProblemNotice error={query.error} what="The approvals could not be read">
            <div>
              <Button onClick={() => void query.refetch()}>Try again</Button>
            </div>
          </ProblemNotice>
        </Column>
      ) : null}
      {query.isSuccess && approvals.length === 0 ? (
        <EmptyState
          icon={<ApprovalsIcon />}
          title={show === 'all' ? 'Nothing was ever asked' : 'Nothing waits for you'}
          command="chorale approval list"
        >
          When a task needs a person to decide, it appears here at once, and the task waits as long as it must: across
          days and restarts.
        </EmptyState>
      ) : null}
      {approvals.length === 0 ? null : <ApprovalList approvals={approvals} />}
    </Page>
  );
}

function ApprovalList({ approvals }: { readonly approvals: readonly Approval[] }): ReactNode {
  const client = useClient();
  const goalIds = [...new Set(approvals.map(({ goalId }) => goalId))];
  const goals = useQueries({ queries: goalIds.map((goalId) => goalQuery(client, goalId)) });
  const titleOf = new Map(goals.map(({ data }, index) => [goalIds[index], data?.title]));
  return (
    <Column>
      <ul className={styles.list}>
        {approvals.map((approval) => (
          <li key={approval.approvalId} className={styles.item} data-approval tabIndex={-1}>
            <Link
              to="/goals/$goalId"
              params={{ goalId: approval.goalId }}
              search={{ task: approval.taskNo }}
              className={styles.goal}
            >
              {titleOf.get(approval.goalId) ?? approval.goalId}
            </Link>
            <ApprovalCard approval={approval} />
          </li>
        ))}
      </ul>
    </Column>
  );
}

function ShowSwitch(): ReactNode {
  return (
    <nav aria-label="Show" className={styles.switch}>
      <Link to="/approvals" search={{}} activeOptions={{ exact: true }}>
        Waiting
      </Link>
      <Link to="/approvals" search={{ show: 'all' }} activeOptions={{ exact: true }}>
        All
      </Link>
    </nav>
  );
}

function sortApprovals(approvals: readonly Approval[]): readonly Approval[] {
  const waits = (approval: Approval): number => (approval.state === 'pending' ? 0 : 1);
  const latest = (approval: Approval): number => -(approval.decidedAt ?? 0);
  return approvals.toSorted((a, b) => waits(a) - waits(b) || latest(a) - latest(b) || a.requestedAt - b.requestedAt);
}

function focusCard(step: number): void {
  const cards = [...document.querySelectorAll<HTMLElement>('[data-approval]')];
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  cards[at === -1 ? 0 : at + step]?.focus();
}
