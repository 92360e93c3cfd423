import type { ComponentProps, ReactNode, RefObject } from 'react';

interface ScrollRegionProps extends Omit<ComponentProps<'div'>, 'ref'> {
  /** What scrolls: said when the focus reaches it. */
  readonly label: string;
  readonly scroller?: RefObject<HTMLDivElement | null>;
}

/** Content that scrolls by itself. It takes the focus, so that it can be scrolled from the keyboard in every browser. */
export function ScrollRegion({ label, scroller, children, ...rest }: ScrollRegionProps): ReactNode {
  return (
    // A fieldset, the element of this role, cannot scroll in all browsers.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-tabindex
    <div {...rest} ref={scroller ?? null} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
