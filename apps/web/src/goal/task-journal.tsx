import type { Attempt, AttemptOutcome, Step, Task } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { attemptsQuery, stepsQuery } from '../data/queries.ts';
import { StateMark } from '../status/state-mark.tsx';
import type { StateStyle } from '../status/tone.ts';
import { JsonView } from '../ui/json-view.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Took } from '../ui/time.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { sayStep } from './step-words.ts';
import styles from './task-journal.module.css';

const stepStyles: Readonly<Record<Step['state'], StateStyle>> = {
  started: { label: 'Under way', tone: 'run', mark: 'spin' },
  finished: { label: 'Finished', tone: 'good', mark: 'check' },
  failed: { label: 'Failed', tone: 'bad', mark: 'cross' },
};

const outcomeStyles: Readonly<Record<AttemptOutcome, StateStyle>> = {
  succeeded: { label: 'Succeeded', tone: 'good', mark: 'check' },
  failed: { label: 'Failed', tone: 'bad', mark: 'cross' },
  cancelled: { label: 'Cancelled', tone: 'idle', mark: 'slash' },
  lost: { label: 'Worker lost', tone: 'bad', mark: 'slash' },
  'handed-back': { label: 'Handed back', tone: 'idle', mark: 'ring' },
  uncertain: { label: 'Uncertain', tone: 'ask', mark: 'person' },
  waiting: { label: 'Waiting', tone: 'idle', mark: 'ring' },
};

/** What was tried, and each step that was taken, with what went in and came out. */
export function TaskJournal({ goalId, task }: { readonly goalId: string; readonly task: Task }): ReactNode {
  const client = useClient();
  const begun = task.attempt > 0;
  const steps = useQuery({ ...stepsQuery(client, goalId, { taskNo: task.no, run: task.run }), enabled: begun });
  const attempts = useQuery({ ...attemptsQuery(client, goalId, task.no), enabled: begun });
  if (!begun) return null;
  return (
    <>
      {steps.isError ? <ProblemNotice error={steps.error} what="The journal could not be read" /> : null}
      {steps.data === undefined || steps.data.length === 0 ? null : (
        <section className={styles.section}>
          <h3 className={styles.title}>Journal of run {task.run}</h3>
          <ol className={styles.list}>
            {steps.data.map((step) => (
              <StepRow key={step.stepNo} step={step} />
            ))}
          </ol>
        </section>
      )}
      {attempts.data === undefined || attempts.data.length === 0 ? null : (
        <section className={styles.section}>
          <h3 className={styles.title}>Attempts</h3>
          <ol className={styles.list}>
            {attempts.data.map((attempt) => (
              <AttemptRow key={attempt.attempt} attempt={attempt} />
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

const waitStyles: Readonly<Record<Step['state'], StateStyle>> = {
  started: { label: 'Waits', tone: 'ask', mark: 'ring' },
  finished: { label: 'Answered', tone: 'good', mark: 'check' },
  failed: { label: 'Failed', tone: 'bad', mark: 'cross' },
};

function StepRow({ step }: { readonly step: Step }): ReactNode {
  const { name, kind, detail, callId, subGoalId } = sayStep(step);
  const style = (step.kind === 'wait' ? waitStyles : stepStyles)[step.state];
  return (
    <li>
      <details className={styles.entry}>
        <summary>
          <StateMark style={style} size={13} named />
          <span className={styles.name}>
            {name}
            {detail === '' ? null : <span className={styles.detail}>{detail}</span>}
          </span>
          <span className={styles.kind}>{kind}</span>
          <span className={styles.time}>
            <Took from={step.startedAt} to={step.finishedAt} />
          </span>
        </summary>
        <div className={styles.inside}>
          {step.failure === undefined ? null : <FailureNotice failure={step.failure} />}
          {callId === undefined || step.state === 'started' ? null : (
            <p className={styles.more}>
              <Link to="/models/calls/$callId" params={{ callId }}>
                Why this model
              </Link>
            </p>
          )}
          {subGoalId === undefined ? null : (
            <p className={styles.more}>
              <Link to="/goals/$goalId" params={{ goalId: subGoalId }}>
                The goal that carried it out
              </Link>
            </p>
          )}
          <JsonView value={step.input} label="Step input" />
          {step.output === undefined ? null : <JsonView value={step.output} label="Step output" />}
          <p className={styles.note}>
            Attempt {step.attempt}. {step.idempotent ? 'May be repeated safely.' : 'Is never repeated by itself.'}
          </p>
        </div>
      </details>
    </li>
  );
}

function AttemptRow({ attempt }: { readonly attempt: Attempt }): ReactNode {
  const style = outcomeStyles[attempt.outcome];
  return (
    <li className={styles.attempt}>
      <StateMark style={style} size={13} />
      <span className={styles.name}>
        {attempt.attempt}. {style.label}
        {attempt.failure === undefined ? '' : `: ${attempt.failure.message}`}
      </span>
      <span className={styles.time}>
        <Took from={attempt.startedAt} to={attempt.finishedAt} />
      </span>
    </li>
  );
}
