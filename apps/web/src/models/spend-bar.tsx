import type { ReactNode } from 'react';
import { Progress } from '../ui/progress.tsx';
import styles from './models-page.module.css';

interface SpendBarProps {
  readonly name: string;
  readonly spent: number;
  /** Held for calls under way. */
  readonly reserved: number;
  readonly limit: number;
  readonly say: (value: number) => string;
}

/** From this share on the bar warns. */
const nearlyAll = 0.9;

/** What is spent and held of a limit: a bar for the eye, and the numbers for everybody. */
export function SpendBar({ name, spent, reserved, limit, say }: SpendBarProps): ReactNode {
  const over = spent + reserved >= nearlyAll * limit;
  const shown = Math.min(spent, limit);
  const held = Math.min(reserved, limit - shown);
  return (
    <div className={styles.amount} data-alert={over}>
      <span className={styles.amountName}>{name}</span>
      <Progress total={limit} done={over ? 0 : shown} failed={over ? shown : 0} running={held} wide />
      <span className={styles.amountText}>
        {say(spent)}
        {reserved > 0 ? ` + ${say(reserved)} held` : ''} of {say(limit)}
      </span>
    </div>
  );
}
