import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import styles from './state-mark.module.css';
import type { Mark, StateStyle, Tone } from './tone.ts';

const filled: ReadonlySet<Mark> = new Set(['check', 'cross', 'person']);

const drawings: Readonly<Record<Mark, ReactNode>> = {
  dashed: <circle cx="8" cy="8" r="5.75" strokeDasharray="2.2 2.32" />,
  ring: <circle cx="8" cy="8" r="5.75" />,
  spin: (
    <>
      <circle cx="8" cy="8" r="5.75" opacity="0.25" />
      <path className={styles.spin} d="M8 2.25a5.75 5.75 0 0 1 5.75 5.75" />
    </>
  ),
  moon: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 4.9V8l2 1.3" />
    </>
  ),
  person: (
    <>
      <circle cx="8" cy="8" r="6.5" stroke="none" fill="currentColor" />
      <path className={styles.cut} d="M8 4.6v4M8 11.1h.01" strokeWidth="1.75" />
    </>
  ),
  pause: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M6.6 6v4M9.4 6v4" />
    </>
  ),
  check: (
    <>
      <circle cx="8" cy="8" r="6.5" stroke="none" fill="currentColor" />
      <path className={styles.cut} d="m5.3 8.2 1.9 1.9 3.5-4" />
    </>
  ),
  cross: (
    <>
      <circle cx="8" cy="8" r="6.5" stroke="none" fill="currentColor" />
      <path className={styles.cut} d="m5.9 5.9 4.2 4.2M10.1 5.9l-4.2 4.2" />
    </>
  ),
  skip: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="m6.2 5.9 2.1 2.1-2.1 2.1M9.9 5.9v4.2" />
    </>
  ),
  slash: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="m4.1 11.9 7.8-7.8" />
    </>
  ),
};

/** The mark of a state. Hidden from assistive technology unless `named`, since its word usually stands beside it. */
export function StateMark({ style, size = 14, named = false }: MarkProps): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={classNames(toneClass(style.tone), filled.has(style.mark) && styles.filled)}
      {...(named ? { role: 'img', 'aria-label': style.label } : { 'aria-hidden': true })}
    >
      {drawings[style.mark]}
    </svg>
  );
}

interface MarkProps {
  readonly style: StateStyle;
  readonly size?: number;
  readonly named?: boolean;
}

/** Mark and word. */
export function StateLabel({ style }: { readonly style: StateStyle }): ReactNode {
  return (
    <span className={styles.label}>
      <StateMark style={style} />
      <span className={inkClass(style.tone)}>{style.label}</span>
    </span>
  );
}

function toneClass(tone: Tone): string | undefined {
  return styles[tone];
}

function inkClass(tone: Tone): string | undefined {
  return styles[`${tone}Ink`];
}
