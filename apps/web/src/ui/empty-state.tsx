import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  /** The command that does on a terminal what this view is for. */
  readonly command?: string;
  readonly action?: ReactNode;
}

export function EmptyState({ icon, title, children, command, action }: EmptyStateProps): ReactNode {
  return (
    <div className={styles.empty}>
      <div className={styles.icon}>{icon}</div>
      <h2 className={styles.title}>{title}</h2>
      {children === undefined ? null : <div className={styles.text}>{children}</div>}
      {command === undefined ? null : <code className={styles.command}>{command}</code>}
      {action}
    </div>
  );
}
