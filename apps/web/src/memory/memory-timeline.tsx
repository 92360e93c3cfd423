import type { Memory } from '@chorale/lib-client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { FormEvent, ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { Button } from '../ui/button.tsx';
import { useNow } from '../ui/clock.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { formatInstant } from '../ui/format.ts';
import { MemoryIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import styles from './memory.module.css';
import { memoryListQuery } from './memory-queries.ts';
import { marksOf } from './memory-words.ts';
import { ScopeSelect } from './scope-select.tsx';

/** What was claimed about a subject, and from when to when it held. */
export function MemoryTimeline(): ReactNode {
  const { subject, scope } = useSearch({ from: '/memory' });
  return (
    <>
      <SubjectForm key={subject ?? ''} />
      {subject === undefined ? (
        <EmptyState icon={<MemoryIcon />} title="Name a subject">
          Whatever is claimed about a person, a thing or a repository stands here with its time: what holds, what held
          before, and what was taken back. A repository that was reviewed is named by its address.
        </EmptyState>
      ) : (
        <Line filter={{ subject, ...(scope === undefined ? {} : { scopes: [scope] }) }} />
      )}
    </>
  );
}

function SubjectForm(): ReactNode {
  const { subject, scope } = useSearch({ from: '/memory' });
  const navigate = useNavigate({ from: '/memory' });
  const show = (next: { readonly subject?: string | undefined; readonly scope?: string | undefined }): void => {
    const kept = Object.entries(next).filter(([, value]) => value !== undefined && value !== '');
    void navigate({ search: { tab: 'timeline' as const, ...Object.fromEntries(kept) } });
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get('subject');
    show({ subject: typeof given === 'string' ? given.trim() : undefined, scope });
  };
  return (
    <form aria-label="Timeline" className={styles.form} onSubmit={onSubmit}>
      <div className={styles.words}>
        <Field label="Subject">
          {(control) => <TextInput {...control} name="subject" defaultValue={subject ?? ''} maxLength={200} />}
        </Field>
        <Button type="submit" look="primary">
          Show
        </Button>
      </div>
      <div className={styles.filters}>
        <ScopeSelect value={scope} onChange={(chosen) => show({ subject, scope: chosen })} />
      </div>
    </form>
  );
}

function Line({ filter }: { readonly filter: Parameters<typeof memoryListQuery>[1] }): ReactNode {
  const query = useInfiniteQuery(memoryListQuery(useClient(), filter));
  const now = useNow();
  if (query.isError) return <ProblemNotice error={query.error} what="The timeline could not be read" />;
  const all = query.data?.pages.flatMap(({ items }) => items) ?? [];
  if (query.isSuccess && all.length === 0)
    return <output>Nothing is claimed about {filter.subject}, or not where you look.</output>;
  return (
    <section aria-label={`Timeline of ${filter.subject ?? ''}`} className={styles.results}>
      <ol className={styles.line}>
        {all
          .toSorted((a, b) => b.validFrom - a.validFrom || b.recordedAt - a.recordedAt)
          .map((memory) => (
            <Claimed key={memory.memoryId} memory={memory} now={now} />
          ))}
      </ol>
      {query.hasNextPage ? (
        <div>
          <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            Show earlier claims
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function Claimed({ memory, now }: { readonly memory: Memory; readonly now: number }): ReactNode {
  const { memoryId, text, claim, validFrom, validTo, retractedAt } = memory;
  const holds = retractedAt === undefined && (validTo === undefined || validTo > now);
  return (
    <li className={styles.claimed} data-holds={holds}>
      <p className={styles.span}>
        <span>
          {holds ? 'since ' : ''}
          <time dateTime={new Date(validFrom).toISOString()}>{formatInstant(validFrom)}</time>
        </span>
        {holds ? null : <span>{retractedAt === undefined ? `to ${formatInstant(validTo ?? now)}` : 'taken back'}</span>}
      </p>
      <div>
        <p className={styles.attribute}>{claim?.attribute}</p>
        <p className={styles.text}>
          <Link to="/memory/$memoryId" params={{ memoryId }} className={styles.textLink}>
            {text}
          </Link>
        </p>
        <p className={styles.facts}>
          {marksOf(memory, now).map((mark) => (
            <span key={mark} className={styles.mark}>
              {mark}
            </span>
          ))}
        </p>
      </div>
    </li>
  );
}
