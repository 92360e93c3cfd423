import { type ChoraleClient, isTaskEnded, type Task } from '@chorale/lib-client';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { addPiece, type Spoken } from './live-words.ts';
import styles from './task-live-text.module.css';

/** What the model says at a task while it works; gone when it has said it, for then the journal has the whole. */
export function TaskLiveText({ goalId, task }: { readonly goalId: string; readonly task: Task }): ReactNode {
  // Before it begins, too: a call is heard by whoever listens when it is made.
  const isOpen = task.kind === 'agent' && !isTaskEnded(task.state);
  const spoken = useSpoken(useClient(), { goalId, taskNo: task.no, isOpen });
  if (!isOpen || spoken === undefined) return null;
  return (
    <section className={styles.section}>
      <h3 className={styles.title}>{spoken.agent} is saying</h3>
      {/* Not a live region: words that come ten times a second are for the eye. */}
      <div className={styles.text}>
        <p>
          {spoken.pieces.map(({ kind, text }, index) => (
            // Pieces are only ever added at the end, or all replaced.
            <span key={index} className={styles[kind]}>
              {kind === 'tool-call' ? `calls ${text}` : text}
            </span>
          ))}
        </p>
      </div>
    </section>
  );
}

interface Listening {
  readonly goalId: string;
  readonly taskNo: number;
}

function useSpoken(
  client: ChoraleClient,
  { goalId, taskNo, isOpen }: Listening & { readonly isOpen: boolean },
): Spoken | undefined {
  const [spoken, setSpoken] = useState<Spoken>();
  useEffect(
    () => (isOpen ? listen(client, { goalId, taskNo }, setSpoken) : undefined),
    [client, goalId, taskNo, isOpen],
  );
  return spoken;
}

/** Returns what ends it. Who may not read steps sees nothing here, as in the journal. */
function listen(
  client: ChoraleClient,
  { goalId, taskNo }: Listening,
  change: (next: (before: Spoken | undefined) => Spoken | undefined) => void,
): () => void {
  const stop = new AbortController();
  const read = async (): Promise<void> => {
    for await (const piece of client.followText(goalId, { signal: stop.signal }))
      if (piece.goalId === goalId && piece.taskNo === taskNo) change((before) => addPiece(before, piece));
  };
  void read().catch(() => undefined);
  return () => {
    stop.abort();
    change(() => undefined);
  };
}
