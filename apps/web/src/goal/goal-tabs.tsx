import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCommands } from '../app/commands.tsx';
import type { GoalSearch, GoalTab } from '../app/search-params.ts';
import { ClockIcon, FileIcon, GraphIcon, ListIcon } from '../ui/icons.tsx';
import styles from './goal-tabs.module.css';

const tabs: readonly {
  readonly tab: GoalTab;
  readonly label: string;
  readonly keys: string;
  readonly icon: ReactNode;
}[] = [
  { tab: 'plan', label: 'Plan', keys: '1', icon: <GraphIcon size={14} /> },
  { tab: 'timeline', label: 'Timeline', keys: '2', icon: <ClockIcon size={14} /> },
  { tab: 'files', label: 'Report & files', keys: '3', icon: <FileIcon size={14} /> },
  { tab: 'details', label: 'Details', keys: '4', icon: <ListIcon size={14} /> },
];

/** Each tab is an address; going between them leaves the task panel open. */
export function GoalTabs(): ReactNode {
  const navigate = useNavigate({ from: '/goals/$goalId' });
  useCommands(
    tabs.map(({ tab, label, keys, icon }) => ({
      id: `goal.show-${tab}`,
      title: `Show ${label.toLowerCase()}`,
      group: 'This goal',
      keys,
      icon,
      run: () => void navigate({ search: (previous) => withTab(previous, tab), replace: true }),
    })),
  );
  return (
    <nav aria-label="Views of this goal" className={styles.tabs}>
      {tabs.map(({ tab, label, keys, icon }) => (
        <Link
          key={tab}
          from="/goals/$goalId"
          search={(previous) => withTab(previous, tab)}
          replace
          className={styles.tab}
          activeOptions={{ exact: true }}
          aria-keyshortcuts={keys}
        >
          {icon}
          {label}
        </Link>
      ))}
    </nav>
  );
}

function withTab({ tab: _dropped, ...rest }: GoalSearch, tab: GoalTab): GoalSearch {
  return tab === 'plan' ? rest : { ...rest, tab };
}
