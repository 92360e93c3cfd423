import type { ReactNode } from 'react';
import { describeError } from './describe-error.ts';
import { WarningIcon } from './icons.tsx';
import styles from './problem-notice.module.css';

interface ProblemNoticeProps {
  readonly error: unknown;
  /** What was being done, such as "The goals could not be read". */
  readonly what?: string;
  readonly children?: ReactNode;
}

/** Says what happened, what to do about it, and how to find it in the server's log. */
export function ProblemNotice({ error, what, children }: ProblemNoticeProps): ReactNode {
  const told = describeError(error);
  return (
    <div className={styles.notice} role="alert">
      <WarningIcon />
      <div className={styles.body}>
        <p className={styles.what}>{what === undefined ? told.happened : `${what}: ${told.happened}`}</p>
        {told.issues.length === 0 ? null : (
          <ul className={styles.issues}>
            {told.issues.map((issue) => (
              <li key={issue}>{issue}</li>
            ))}
          </ul>
        )}
        {told.action === undefined ? null : <p className={styles.action}>{told.action}</p>}
        <p className={styles.trail}>{told.trail}</p>
        {children}
      </div>
    </div>
  );
}
