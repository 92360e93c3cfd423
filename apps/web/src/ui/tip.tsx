import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Keys } from './keys.tsx';
import styles from './tip.module.css';

interface TipProps {
  readonly text: string | undefined;
  readonly keys?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'right';
  readonly children: ReactElement<Record<string, unknown>>;
}

/** A hint beside a control that already has a name of its own; never the only place something is said. */
export function Tip({ text, keys, side = 'bottom', children }: TipProps): ReactNode {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner side={side} sideOffset={6} className={styles.positioner}>
          <Tooltip.Popup className={styles.popup}>
            {text}
            {keys === undefined ? null : <Keys keys={keys} />}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
