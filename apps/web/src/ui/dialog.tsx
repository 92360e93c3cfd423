import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { useRef } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import styles from './dialog.module.css';
import { CloseIcon } from './icons.tsx';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** Where the focus goes first: into the form, not onto the button that closes. */
const firstField = 'input, select, textarea, footer button';

/** A modal dialog: keeps the focus inside, gives it back to where it was, closes with Escape. */
export function Dialog(props: DialogProps): ReactNode {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={props.open} onOpenChange={(open) => open || props.onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.scrim} />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup
            className={classNames(styles.popup, props.wide && styles.wide)}
            ref={popup}
            initialFocus={() => popup.current?.querySelector<HTMLElement>(firstField) ?? true}
          >
            <header className={styles.header}>
              <Base.Title className={styles.title}>{props.title}</Base.Title>
              {/* Without a tip: Escape would close the tip first, and the dialog only when pressed again. */}
              <Base.Close
                render={
                  <Button look="quiet" aria-label="Close" className={styles.close}>
                    <CloseIcon />
                  </Button>
                }
              />
            </header>
            {props.description === undefined ? null : (
              <Base.Description className={styles.description} render={<div />}>
                {props.description}
              </Base.Description>
            )}
            {props.children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

export function DialogBody({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className={styles.body}>{children}</div>;
}

/** The row of decisions at the end of a dialog; the safest first, the one that acts last. */
export function DialogActions({ children }: { readonly children: ReactNode }): ReactNode {
  return <footer className={styles.actions}>{children}</footer>;
}
