import type { ReactNode } from 'react';
import { useConnectionState } from '../data/backend.tsx';
import type { ConnectionState } from '../data/live-updates.ts';
import { Tip } from '../ui/tip.tsx';
import styles from './connection-mark.module.css';

const words: Readonly<Record<ConnectionState, { readonly label: string; readonly tip: string }>> = {
  live: { label: 'Live', tip: 'What you see changes as it happens.' },
  connecting: { label: 'Connecting', tip: 'The page is connecting to the server.' },
  lost: {
    label: 'Not connected',
    tip: 'The server does not answer; what you see may be old. Start it with `chorale serve`: the page goes on by itself.',
  },
  resting: { label: 'Resting', tip: 'Updates rest while the page is hidden.' },
};

/** Whether what is shown is live. */
export function ConnectionMark(): ReactNode {
  const state = useConnectionState();
  const { label, tip } = words[state];
  return (
    <Tip text={tip} side="top">
      <button type="button" className={styles.mark} data-state={state}>
        <span className={styles.dot} />
        <output>{label}</output>
      </button>
    </Tip>
  );
}
