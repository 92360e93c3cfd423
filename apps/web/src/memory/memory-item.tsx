import type { FoundMemory, Memory } from '@chorale/lib-client';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useNow } from '../ui/clock.ts';
import { Age } from '../ui/time.tsx';
import styles from './memory.module.css';
import { marksOf } from './memory-words.ts';

interface MemoryItemProps {
  readonly memory: Memory;
  /** Why a search gave it. */
  readonly found?: FoundMemory;
}

export function MemoryItem({ memory, found }: MemoryItemProps): ReactNode {
  const now = useNow();
  return (
    <article className={styles.item}>
      <p className={styles.text}>
        <Link to="/memory/$memoryId" params={{ memoryId: memory.memoryId }} className={styles.textLink}>
          {memory.text}
        </Link>
      </p>
      <p className={styles.facts}>
        <span>{memory.kind}</span>
        <span className={styles.scope}>{memory.scope}</span>
        <span>from {memory.speaker}</span>
        <Age at={memory.recordedAt} />
        {marksOf(memory, now).map((mark) => (
          <span key={mark} className={styles.mark}>
            {mark}
          </span>
        ))}
      </p>
      {found === undefined ? null : <Why found={found} />}
    </article>
  );
}

function Why({ found: { score, why } }: { readonly found: FoundMemory }): ReactNode {
  return (
    <details className={styles.why}>
      <summary>
        Score {score.toFixed(2)}: {why[0]}
      </summary>
      <ul>
        {why.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}
