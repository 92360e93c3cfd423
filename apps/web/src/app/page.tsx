import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { classNames } from '../ui/class-names.ts';
import styles from './page.module.css';

interface PageProps {
  /** The document's title and, unless `heading` is given, the visible one. */
  readonly title: string;
  readonly heading?: ReactNode;
  /** What stands before the heading, such as the way back. */
  readonly before?: ReactNode;
  readonly actions?: ReactNode;
  readonly toolbar?: ReactNode;
  /** The content fills the page and scrolls by itself. */
  readonly filled?: boolean;
  readonly children: ReactNode;
}

/** The frame of every view: one title, its actions, an optional bar of filters, the content. */
export function Page({ title, heading, before, actions, toolbar, filled = false, children }: PageProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · Chorale`;
  }, [title]);
  return (
    <>
      <header className={styles.header}>
        {before}
        <h1 id="page-title" tabIndex={-1} className={styles.title}>
          {heading ?? title}
        </h1>
        <div className={styles.actions}>{actions}</div>
      </header>
      {toolbar}
      <div className={classNames(styles.content, filled && styles.filled)}>{children}</div>
    </>
  );
}

/** Content as wide as is good to read. */
export function Column({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className={styles.column}>{children}</div>;
}
