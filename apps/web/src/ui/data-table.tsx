// A table of rows, all in one look. It scrolls sideways by itself where the page is too narrow.
import type { ReactNode } from 'react';
import styles from './data-table.module.css';
import { ScrollRegion } from './scroll-region.tsx';

/** `children` are the head and the body. Cells with `data-number` end at one edge. */
export function DataTable({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <ScrollRegion label={label} className={styles.frame}>
      <table className={styles.table}>{children}</table>
    </ScrollRegion>
  );
}

/** A second line in a cell, or what is said beside its word. */
export function CellNote({ children }: { readonly children: ReactNode }): ReactNode {
  return <span className={styles.note}>{children}</span>;
}
