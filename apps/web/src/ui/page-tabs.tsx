// Links between the parts of a page, each with an address of its own.
import type { ReactNode } from 'react';
import styles from './page-tabs.module.css';

export function PageTabs({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <nav aria-label={label} className={styles.tabs}>
      {children}
    </nav>
  );
}
