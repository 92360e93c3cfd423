import type { Memory, MemoryDetails } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { useNow } from '../ui/clock.ts';
import { formatInstant } from '../ui/format.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { MemoryActions } from './memory-actions.tsx';
import prose from '../ui/prose.module.css';
import styles from './memory.module.css';
import { memoryQuery } from './memory-queries.ts';
import { goalOf, marksOf } from './memory-words.ts';

/** One memory: what it says, since when, where it is known from, and what it was before. */
export function MemoryEntry(): ReactNode {
  const { memoryId } = useParams({ from: '/memory/$memoryId' });
  const query = useQuery(memoryQuery(useClient(), memoryId));
  const before = (
    <Link to="/memory" search={{}} className={prose.back}>
      Memory
    </Link>
  );
  const memory = query.data;
  return (
    <Page
      title={memory?.text.slice(0, 80) ?? 'Memory'}
      heading="A memory"
      before={before}
      actions={memory === undefined ? null : <MemoryActions memory={memory} />}
    >
      <Column>
        {query.isError ? <ProblemNotice error={query.error} what="The memory could not be read" /> : null}
        {memory === undefined ? null : <Entry memory={memory} />}
      </Column>
    </Page>
  );
}

function Entry({ memory }: { readonly memory: MemoryDetails }): ReactNode {
  return (
    <>
      <p className={styles.said}>{memory.text}</p>
      <section className={styles.section} aria-labelledby="facts">
        <h2 id="facts">What it is</h2>
        <Facts memory={memory} />
      </section>
      <section className={styles.section} aria-labelledby="sources">
        <h2 id="sources">Where it is known from</h2>
        <Sources memory={memory} />
      </section>
      {memory.replaced.length === 0 && memory.replacedBy === undefined ? null : (
        <section className={styles.section} aria-labelledby="history">
          <h2 id="history">Before and after</h2>
          <ol className={styles.list}>
            {memory.replacedBy === undefined ? null : <Other memory={memory.replacedBy} said="replaced by" />}
            {memory.replaced.map((other) => (
              <Other key={other.memoryId} memory={other} said="replaced" />
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

function Facts({ memory }: { readonly memory: MemoryDetails }): ReactNode {
  const now = useNow();
  const { claim, validFrom, validTo, expiresAt, lastUsedAt, uses } = memory;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['State', marksOf(memory, now).join(', ') || 'found'],
    ['Kind', memory.kind],
    ['Where', memory.scope],
    [
      'Claim',
      claim === undefined ? undefined : (
        <>
          {claim.attribute} of{' '}
          <Link
            to="/memory"
            search={{ tab: 'timeline', subject: claim.subject, scope: memory.scope }}
            className={prose.link}
          >
            {claim.subject}
          </Link>
        </>
      ),
    ],
    ['Holds', holdsFrom(validFrom, validTo)],
    ['Recorded', `${formatInstant(memory.recordedAt)} by ${memory.recordedBy}`],
    ['Taken back', memory.retractedAt === undefined ? undefined : formatInstant(memory.retractedAt)],
    ['Deleted', expiresAt === undefined || memory.pinned ? undefined : `after ${formatInstant(expiresAt)}`],
    ['Counts', `importance ${memory.importance}, confidence ${memory.confidence}`],
    [
      'Used',
      `${uses === 1 ? 'once' : `${uses} times`}${lastUsedAt === undefined ? '' : `, last ${formatInstant(lastUsedAt)}`}`,
    ],
  ];
  return (
    <dl className={styles.factList}>
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function holdsFrom(from: number, to: number | undefined): string {
  return to === undefined ? `since ${formatInstant(from)}` : `from ${formatInstant(from)} to ${formatInstant(to)}`;
}

function Sources({ memory: { episodes, sessionId, recordedBy } }: { readonly memory: MemoryDetails }): ReactNode {
  const goal = goalOf(sessionId);
  return (
    <>
      {episodes.length === 0 && goal === undefined ? <p className={prose.quiet}>{recordedBy} wrote it down.</p> : null}
      {goal === undefined ? null : (
        <p>
          It comes from the goal{' '}
          <Link to="/goals/$goalId" params={{ goalId: goal }} className={prose.link}>
            {goal}
          </Link>
          .
        </p>
      )}
      {episodes.map(({ episodeId, speaker, occurredAt, text }) => (
        <figure key={episodeId} className={styles.episode}>
          <figcaption>
            {speaker}, {formatInstant(occurredAt)}, word for word:
          </figcaption>
          <blockquote>{text}</blockquote>
        </figure>
      ))}
    </>
  );
}

function Other({ memory, said }: { readonly memory: Memory; readonly said: string }): ReactNode {
  const { memoryId, text, validFrom } = memory;
  return (
    <li className={styles.item}>
      <p className={styles.text}>
        <Link to="/memory/$memoryId" params={{ memoryId }} className={styles.textLink}>
          {text}
        </Link>
      </p>
      <p className={styles.facts}>
        <span>{said}</span>
        <span>from {formatInstant(validFrom)}</span>
      </p>
    </li>
  );
}
