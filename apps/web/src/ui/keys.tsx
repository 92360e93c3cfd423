import type { ReactNode } from 'react';
import { keyLabels } from './key-labels.ts';
import styles from './keys.module.css';

/** Shows a shortcut such as `mod+k` or `g a`. Read out by its control's aria-keyshortcuts, so hidden here. */
export function Keys({ keys }: { readonly keys: string }): ReactNode {
  return (
    <span className={styles.keys} aria-hidden="true">
      {keyLabels(keys, isApple()).map((label, index) => (
        <kbd key={index} className={styles.key}>
          {label}
        </kbd>
      ))}
    </span>
  );
}

function isApple(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}
