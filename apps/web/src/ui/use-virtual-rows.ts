import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';

interface VirtualRowsOptions {
  readonly count: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rowHeightPx: number;
  /** Rows that exist beyond those in view, so that the next arrow key finds one. */
  readonly beyond: number;
  readonly keyOf?: (index: number) => string | number;
}

interface VirtualRows {
  readonly rows: readonly VirtualItem[];
  readonly heightPx: number;
  readonly virtualizer: Virtualizer<HTMLElement, Element>;
}

/** Rows of one height in a list of any length, of which only those in view exist. */
export function useVirtualRows({ count, scroller, rowHeightPx, beyond, keyOf }: VirtualRowsOptions): VirtualRows {
  // The rule speaks for a compiler that would keep the functions this returns; this page is built without it.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer<HTMLElement, Element>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: beyond,
    ...(keyOf === undefined ? {} : { getItemKey: keyOf }),
  });
  return { rows: virtualizer.getVirtualItems(), heightPx: virtualizer.getTotalSize(), virtualizer };
}
