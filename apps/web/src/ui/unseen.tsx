import type { ReactNode } from 'react';
import styles from './unseen.module.css';

/** Words for assistive technology where the eye is told otherwise. */
export function Unseen({ children }: { readonly children: ReactNode }): ReactNode {
  return <span className={styles.unseen}>{children}</span>;
}
