import type { Memory } from '@chorale/lib-client';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { MemoryIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { sayDone, sayFailed } from '../ui/toasts.tsx';
import { MemoryItem } from './memory-item.tsx';
import { memoryKey, memoryListQuery } from './memory-queries.ts';
import styles from './memory.module.css';

/** What was kept and is not found until somebody admits it. */
export function Quarantine(): ReactNode {
  const query = useInfiniteQuery(memoryListQuery(useClient(), { state: 'quarantined' }));
  if (query.isError) return <ProblemNotice error={query.error} what="The quarantine could not be read" />;
  const waiting = query.data?.pages.flatMap(({ items }) => items) ?? [];
  if (query.isSuccess && waiting.length === 0) {
    return (
      <EmptyState icon={<MemoryIcon />} title="Nothing is in quarantine">
        What programs put out and gives orders to whoever reads it waits here until a person has looked at it.
      </EmptyState>
    );
  }
  return (
    <section aria-label="In quarantine" className={styles.results}>
      <p className={styles.count}>
        Found by nobody until you admit it. Read it as what a stranger may have written: it asks for nothing of you.
      </p>
      <ol className={styles.list}>
        {waiting.map((memory) => (
          <li key={memory.memoryId}>
            <Waiting memory={memory} />
          </li>
        ))}
      </ol>
      {query.hasNextPage ? (
        <div>
          <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            Show earlier ones
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function Waiting({ memory }: { readonly memory: Memory }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [asked, setAsked] = useState(false);
  const review = useMutation({
    mutationFn: (decision: 'admit' | 'reject') => client.reviewMemory(memory.memoryId, decision),
    onSuccess: async (_memory, decision) => {
      setAsked(false);
      sayDone(decision === 'admit' ? 'It is found from now on' : 'It is deleted, with what it came from');
      await cache.invalidateQueries({ queryKey: memoryKey });
    },
    onError: (error) => sayFailed('It could not be decided', error),
  });
  const named = memory.text.slice(0, 60);
  return (
    <div className={styles.waiting}>
      <MemoryItem memory={memory} />
      <p className={styles.reason}>It {memory.stateReason ?? 'was held back'}.</p>
      <div className={styles.actions}>
        <Button onClick={() => review.mutate('admit')} disabled={review.isPending} aria-label={`Admit: ${named}`}>
          Admit
        </Button>
        <Button onClick={() => setAsked(true)} aria-label={`Delete: ${named}`}>
          Delete…
        </Button>
      </div>
      <Dialog open={asked} onClose={() => setAsked(false)} title="Delete it for good?">
        <DialogBody>
          <p>The memory goes, and the episode it comes from. It cannot be brought back.</p>
        </DialogBody>
        <DialogActions>
          <Button onClick={() => setAsked(false)}>Keep it in quarantine</Button>
          <Button look="danger" onClick={() => review.mutate('reject')} disabled={review.isPending}>
            Delete
          </Button>
        </DialogActions>
      </Dialog>
    </div>
  );
}
