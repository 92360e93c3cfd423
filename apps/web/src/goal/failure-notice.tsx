import type { Failure } from '@chorale/lib-client';
import type { ReactNode } from 'react';
import { WarningIcon } from '../ui/icons.tsx';
import styles from './failure-notice.module.css';

const families: Readonly<Record<Failure['family'], string>> = {
  refused: 'A retry without a change fails again.',
  temporary: 'A retry may succeed.',
  broken: 'This is a defect of Chorale or of a tool; a retry may meet it again.',
};

interface FailureNoticeProps {
  readonly failure: Failure;
  /** The task it happened in, when that is not where the notice stands. */
  readonly where?: string | undefined;
  readonly children?: ReactNode;
}

/** What went wrong, and what can be done about it. */
export function FailureNotice({ failure, where, children }: FailureNoticeProps): ReactNode {
  return (
    <div className={styles.notice}>
      <WarningIcon />
      <div className={styles.body}>
        <p className={styles.message}>
          {where === undefined ? '' : `${where}: `}
          {failure.message}
        </p>
        <p className={styles.action}>{failure.action ?? families[failure.family]}</p>
        <p className={styles.code}>
          {failure.code} · {failure.family}
        </p>
      </div>
      {children === undefined || children === null ? null : <div className={styles.actions}>{children}</div>}
    </div>
  );
}
