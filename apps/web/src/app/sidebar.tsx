import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { accountQuery } from '../account/account-query.ts';
import { useClient } from '../data/backend.tsx';
import { approvalsQuery } from '../data/queries.ts';
import { ProjectSelect } from '../projects/project-select.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { countOf } from '../ui/format.ts';
import {
  AccountIcon,
  ApprovalsIcon,
  AuditIcon,
  GoalsIcon,
  KeyboardIcon,
  MemoryIcon,
  ModelsIcon,
  MoreIcon,
  PlusIcon,
  SearchIcon,
  SystemIcon,
  WorkflowsIcon,
} from '../ui/icons.tsx';
import { Keys } from '../ui/keys.tsx';
import { Unseen } from '../ui/unseen.tsx';
import { ConnectionMark } from './connection-mark.tsx';
import styles from './sidebar.module.css';
import { ThemePicker } from './theme-picker.tsx';

interface SidebarProps {
  readonly onFind: () => void;
  readonly onNewGoal: () => void;
  readonly onShortcuts: () => void;
  readonly onAccount: () => void;
}

export function Sidebar({ onFind, onNewGoal, onShortcuts, onAccount }: SidebarProps): ReactNode {
  return (
    <aside className={styles.sidebar} aria-label="Navigation">
      <div className={styles.top}>
        <Link to="/goals" className={styles.brand}>
          <Logo />
          Chorale
        </Link>
        <IconButton label="New goal" keys="c" aria-keyshortcuts="c" onClick={onNewGoal} look="plain">
          <PlusIcon />
        </IconButton>
      </div>
      <Button
        className={styles.find}
        onClick={onFind}
        aria-keyshortcuts="Control+K Meta+K"
        icon={<SearchIcon size={14} />}
      >
        <span>Find or do…</span>
        <Keys keys="mod+k" />
      </Button>
      <ProjectSelect />
      <nav aria-label="Views">
        <ul className={styles.links}>
          <NavLink to="/goals" icon={<GoalsIcon />} keys="g g" label="Goals" />
          <NavLink to="/approvals" icon={<ApprovalsIcon />} keys="g a" label="Approvals" badge={<ApprovalsBadge />} />
          <NavLink to="/workflows" icon={<WorkflowsIcon />} keys="g w" label="Workflows" />
          <NavLink to="/models" icon={<ModelsIcon />} keys="g m" label="Models" wideOnly />
          <NavLink to="/memory" icon={<MemoryIcon />} keys="g r" label="Memory" />
          <AuditLink />
          <NavLink to="/system" icon={<SystemIcon />} keys="g s" label="System" wideOnly />
          <li className={styles.more}>
            {/* The palette holds what a narrow screen has no room for. */}
            <button type="button" className={styles.link} onClick={onFind}>
              <MoreIcon />
              <span>More</span>
            </button>
          </li>
        </ul>
      </nav>
      <div className={styles.bottom}>
        <ConnectionMark />
        <IconButton label="Your account" keys="g u" onClick={onAccount}>
          <AccountIcon />
        </IconButton>
        <IconButton label="Keyboard shortcuts" keys="?" onClick={onShortcuts}>
          <KeyboardIcon />
        </IconButton>
        <ThemePicker />
      </div>
    </aside>
  );
}

interface NavLinkProps {
  readonly to: '/goals' | '/approvals' | '/workflows' | '/models' | '/memory' | '/audit' | '/system';
  readonly icon: ReactNode;
  readonly label: string;
  readonly keys: string;
  readonly badge?: ReactNode;
  /** A narrow screen has room for four, and the rest behind "More". */
  readonly wideOnly?: boolean;
}

function NavLink({ to, icon, label, keys, badge, wideOnly = false }: NavLinkProps): ReactNode {
  return (
    <li className={wideOnly ? styles.wideOnly : undefined}>
      <Link
        to={to}
        className={styles.link}
        aria-keyshortcuts={keys}
        activeOptions={{ exact: false, includeSearch: false }}
      >
        {icon}
        <span className={styles.linkLabel}>{label}</span>
        {badge}
      </Link>
    </li>
  );
}

/** For those who may read it. */
function AuditLink(): ReactNode {
  const { data: account } = useQuery(accountQuery(useClient()));
  if (account?.operations.includes('audit.read') !== true) return null;
  return <NavLink to="/audit" icon={<AuditIcon />} keys="g l" label="Audit" wideOnly />;
}

function ApprovalsBadge(): ReactNode {
  const { data } = useQuery(approvalsQuery(useClient(), 'pending'));
  if (data === undefined || data.length === 0) return null;
  return (
    <span className={styles.badge}>
      <span aria-hidden="true">{data.length}</span>
      <Unseen>{countOf(data.length, 'approval waits', 'approvals wait')} for you</Unseen>
    </span>
  );
}

function Logo(): ReactNode {
  return (
    <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className={styles.logo} />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
        <path d="M9 12v8M14 8v16M19 11v10M24 14v4" />
      </g>
    </svg>
  );
}
