import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './progress.module.css';

interface ProgressProps {
  readonly total: number;
  readonly done: number;
  readonly failed?: number;
  readonly running?: number;
  /** It stopped before its end: what is done is no success. */
  readonly halted?: boolean;
  readonly wide?: boolean;
}

/** How much of a whole is done, failed and under way. Only for the eye: the numbers stand beside it as text. */
export function Progress({
  total,
  done,
  failed = 0,
  running = 0,
  halted = false,
  wide = false,
}: ProgressProps): ReactNode {
  const share = (part: number): string => `${total === 0 ? 0 : (100 * part) / total}%`;
  return (
    <span className={classNames(styles.bar, wide && styles.wide)} aria-hidden="true">
      <span className={halted ? styles.halted : styles.good} style={{ width: share(done) }} />
      <span className={styles.bad} style={{ width: share(failed) }} />
      <span className={styles.run} style={{ width: share(running) }} />
    </span>
  );
}
