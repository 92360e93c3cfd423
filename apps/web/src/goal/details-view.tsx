import type { Goal, PlanChange, PlanVersion } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Column } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { planQuery } from '../data/queries.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { formatInstant } from '../ui/format.ts';
import { JsonView } from '../ui/json-view.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import styles from './details-view.module.css';

/** What the goal was given and gave, and how its plan came to be what it is. */
export function DetailsView({ goal }: { readonly goal: Goal }): ReactNode {
  const plan = useQuery(planQuery(useClient(), goal.goalId));
  return (
    <ScrollRegion label="Details" className={styles.scroller}>
      <Column>
        <Section title="Inputs">
          <JsonView value={goal.inputs} label="Inputs" />
        </Section>
        {goal.outputs === undefined ? null : (
          <Section title="Outputs">
            <JsonView value={goal.outputs} label="Outputs" />
          </Section>
        )}
        {goal.projectId === 'default' ? null : (
          <Section title="Project">
            <p>{goal.projectId}</p>
          </Section>
        )}
        <Section title="Versions of the plan">
          {plan.isError ? <ProblemNotice error={plan.error} what="The plan could not be read" /> : null}
          <ol className={styles.versions}>
            {plan.data?.versions.toReversed().map((version) => (
              <Version key={version.version} version={version} current={version.version === goal.planVersion} />
            ))}
          </ol>
        </Section>
        <Section title="In memory">
          <p>
            <Link to="/memory" search={{ goal: goal.goalId }} className={styles.link}>
              What is remembered of this goal
            </Link>
          </p>
        </Section>
        <Section title="On a terminal">
          <ul className={styles.commands}>
            {['show', 'explain', 'cancel'].map((verb) => (
              <Command key={verb} text={`chorale goal ${verb} ${goal.goalId}`} />
            ))}
            <Command text={`chorale events ${goal.goalId} --follow`} />
          </ul>
        </Section>
      </Column>
    </ScrollRegion>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Version({ version, current }: { readonly version: PlanVersion; readonly current: boolean }): ReactNode {
  return (
    <li className={styles.version}>
      <p className={styles.head}>
        <strong>Version {version.version}</strong>
        {current ? <span className={styles.current}>current</span> : null}
        <span className={styles.meta}>
          by {version.author}, {formatInstant(version.at)}
        </span>
      </p>
      {version.reason === '' ? null : <p className={styles.reason}>{version.reason}</p>}
      {version.changes.length === 0 ? null : (
        <ul className={styles.changes}>
          {version.changes.map((change, index) => (
            <li key={index}>{sayChange(change)}</li>
          ))}
        </ul>
      )}
    </li>
  );
}

function sayChange(change: PlanChange): string {
  switch (change.change) {
    case 'add':
      return `added ${change.task.key}`;
    case 'remove':
      return `removed ${change.key}`;
    case 'skip':
      return `skipped ${change.key}`;
    case 'repoint':
      return `${change.key} needs ${change.needs.length === 0 ? 'nothing' : change.needs.join(', ')}`;
    case 'replace':
      return `replaced ${change.task.key}`;
  }
}

function Command({ text }: { readonly text: string }): ReactNode {
  return (
    <li className={styles.command}>
      <code>{text}</code>
      <CopyButton text={() => text} label="Copy the command" />
    </li>
  );
}
