import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { workflowsQuery } from '../data/queries.ts';
import { Select } from '../ui/field.tsx';
import styles from './goal-filters.module.css';

const stateFilters: readonly { readonly label: string; readonly state: string | undefined }[] = [
  { label: 'All', state: undefined },
  { label: 'Active', state: 'scheduled,running,paused,failing,cancelling' },
  { label: 'Succeeded', state: 'succeeded' },
  { label: 'Failed', state: 'failed' },
  { label: 'Cancelled', state: 'cancelled' },
];

/** The filters are links, so each is an address to keep or to send. */
export function GoalFilters(): ReactNode {
  const search = useSearch({ from: '/goals' });
  const { state: _state, archived: _archived, ...others } = search;
  return (
    <div className={styles.bar}>
      <nav aria-label="Filter by state" className={styles.states}>
        {stateFilters.map(({ label, state }) => (
          <Link
            key={label}
            to="/goals"
            search={state === undefined ? others : { ...others, state }}
            className={styles.state}
            activeOptions={{ exact: true }}
          >
            {label}
          </Link>
        ))}
        <Link
          to="/goals"
          search={{ ...others, archived: true }}
          className={styles.state}
          activeOptions={{ exact: true }}
        >
          Archived
        </Link>
      </nav>
      <WorkflowFilter />
    </div>
  );
}

function WorkflowFilter(): ReactNode {
  const navigate = useNavigate({ from: '/goals' });
  const { workflow } = useSearch({ from: '/goals' });
  const workflows = useQuery(workflowsQuery(useClient()));
  const names = new Set(workflows.data?.map(({ name }) => name));
  if (workflow !== undefined) names.add(workflow);
  const choose = (name: string): void =>
    void navigate({
      search: ({ workflow: _dropped, ...rest }) => (name === '' ? rest : { ...rest, workflow: name }),
      replace: true,
    });
  return (
    <Select aria-label="Filter by workflow" value={workflow ?? ''} onChange={(event) => choose(event.target.value)}>
      <option value="">All workflows</option>
      {[...names].sort().map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </Select>
  );
}
