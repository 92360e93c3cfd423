import { Toast } from '@base-ui/react/toast';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { describeError } from './describe-error.ts';
import { CloseIcon } from './icons.tsx';
import styles from './toasts.module.css';

const manager = Toast.createToastManager();

/** Says that something worked, where the page itself does not already show it. */
export function sayDone(title: string): void {
  manager.add({ title, timeout: 4000 });
}

/** Says that an action failed and what to do; stays until it is closed. */
export function sayFailed(what: string, error: unknown): void {
  const told = describeError(error);
  const description = [told.happened, ...told.issues, told.action].filter((part) => part !== undefined).join(' ');
  manager.add({ title: what, description, type: 'failed', priority: 'high', timeout: 0 });
}

export function Toasts({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList(): ReactNode {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles.toast} data-type={toast.type} swipeDirection="right">
      <div className={styles.text}>
        <Toast.Title className={styles.title} render={<p />} />
        <Toast.Description className={styles.description} />
      </div>
      <Toast.Close
        render={
          <IconButton label="Dismiss">
            <CloseIcon size={14} />
          </IconButton>
        }
      />
    </Toast.Root>
  ));
}
