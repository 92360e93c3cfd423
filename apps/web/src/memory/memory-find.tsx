import type { FoundMemory, Memory } from '@chorale/lib-client';
import { memoryKinds } from '@chorale/lib-client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { FormEvent, ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { MemoryIcon, SearchIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { MemoryItem } from './memory-item.tsx';
import { memoryListQuery, memorySearchQuery } from './memory-queries.ts';
import styles from './memory.module.css';
import { ScopeSelect } from './scope-select.tsx';

/** Found by words; without words, the newest. */
export function MemoryFind(): ReactNode {
  const { q, scope, kind, asOf, goal } = useSearch({ from: '/memory' });
  return (
    <>
      <FindForm key={q ?? ''} />
      {q === undefined ? (
        <Newest
          filter={{
            ...(scope === undefined ? {} : { scopes: [scope] }),
            ...(kind === undefined ? {} : { kind }),
            ...(goal === undefined ? {} : { session: goal }),
          }}
        />
      ) : (
        <Found
          request={{
            text: q,
            limit: 25,
            ...(scope === undefined ? {} : { scopes: [scope] }),
            ...(kind === undefined ? {} : { kinds: [kind] }),
            // The end of the day: what held on it.
            ...(asOf === undefined ? {} : { validAt: new Date(`${asOf}T23:59:59`).getTime() }),
          }}
        />
      )}
    </>
  );
}

function FindForm(): ReactNode {
  const search = useSearch({ from: '/memory' });
  const navigate = useNavigate({ from: '/memory' });
  const change = (changed: Partial<Record<'q' | 'scope' | 'kind' | 'asOf', string | undefined>>): void => {
    const { goal, ...rest } = search;
    // Words are looked for everywhere.
    const all = { ...rest, ...(changed.q === undefined ? { goal } : {}), ...changed };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''));
    void navigate({ search: kept });
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get('q');
    change({ q: typeof text === 'string' ? text.trim() : undefined });
  };
  return (
    <form aria-label="Search memory" className={styles.form} onSubmit={onSubmit}>
      <div className={styles.words}>
        <Field label="Words">
          {(control) => (
            <TextInput
              {...control}
              type="search"
              name="q"
              defaultValue={search.q ?? ''}
              placeholder="What is remembered of…"
              maxLength={2_000}
            />
          )}
        </Field>
        <Button type="submit" look="primary" icon={<SearchIcon size={14} />}>
          Search
        </Button>
      </div>
      <div className={styles.filters}>
        <ScopeSelect value={search.scope} onChange={(scope) => change({ scope })} />
        <Field label="Kind">
          {(control) => (
            <Select {...control} value={search.kind ?? ''} onChange={({ target }) => change({ kind: target.value })}>
              <option value="">Every kind</option>
              {memoryKinds.map((kind) => (
                <option key={kind} value={kind}>
                  {kind}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="As of">
          {(control) => (
            <TextInput
              {...control}
              type="date"
              value={search.asOf ?? ''}
              onChange={({ target }) => change({ asOf: target.value })}
            />
          )}
        </Field>
      </div>
    </form>
  );
}

function Found({ request }: { readonly request: Parameters<typeof memorySearchQuery>[1] }): ReactNode {
  const query = useQuery(memorySearchQuery(useClient(), request));
  if (query.isError) return <ProblemNotice error={query.error} what="Memory could not be searched" />;
  const items = query.data?.items ?? [];
  return (
    <section aria-label="Results" aria-busy={query.isFetching} className={styles.results}>
      <output className={styles.count}>
        {query.isPending ? 'Looking…' : items.length === 0 ? 'Nothing is found by these words.' : sayCount(items)}
      </output>
      {items.length === 0 ? null : (
        <ol className={styles.list}>
          {items.map((found) => (
            <li key={found.memory.memoryId}>
              <MemoryItem memory={found.memory} found={found} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Search is by words unless somebody configured more, and says so: nobody should think that it understood the question. */
function sayCount(items: readonly FoundMemory[]): string {
  const by = items.some(({ parts }) => parts.meaning > 0) ? 'by words and meaning' : 'by words';
  return `${items.length === 1 ? 'One memory' : `${items.length} memories`}, ${by}, the best first`;
}

function Newest({ filter }: { readonly filter: Parameters<typeof memoryListQuery>[1] }): ReactNode {
  const query = useInfiniteQuery(memoryListQuery(useClient(), filter));
  if (query.isError) return <ProblemNotice error={query.error} what="Memory could not be read" />;
  const memories: readonly Memory[] = query.data?.pages.flatMap(({ items }) => items) ?? [];
  if (query.isSuccess && memories.length === 0) {
    return (
      <EmptyState
        icon={<MemoryIcon />}
        title="Nothing is remembered here yet"
        command="chorale memory add the ferry leaves at nine"
      >
        How tasks of agents ended is kept by itself, as are findings of reviews; you may add what agents should know.
      </EmptyState>
    );
  }
  return (
    <section aria-label="Newest" className={styles.results}>
      <p className={styles.count}>
        {filter.session === undefined ? 'The newest first' : `Of the goal ${filter.session}, the newest first`}
      </p>
      <ol className={styles.list}>
        {memories.map((memory) => (
          <li key={memory.memoryId}>
            <MemoryItem memory={memory} />
          </li>
        ))}
      </ol>
      {query.hasNextPage ? (
        <div>
          <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            Show earlier memories
          </Button>
        </div>
      ) : null}
    </section>
  );
}
