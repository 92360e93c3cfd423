import type { ModelCallDetails, ModelCandidate } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { modelCallQuery } from '../data/queries.ts';
import { StateMark } from '../status/state-mark.tsx';
import { formatDuration, formatInstant } from '../ui/format.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { formatUsd } from './format-usd.ts';
import { CellNote, DataTable } from '../ui/data-table.tsx';
import prose from '../ui/prose.module.css';
import styles from './models-page.module.css';

/** One call: why this model, who was passed over, what was tried, what it cost. */
export function CallPage(): ReactNode {
  const { callId } = useParams({ from: '/models/calls/$callId' });
  const query = useQuery(modelCallQuery(useClient(), callId));
  const before = (
    <Link to="/models" search={{ tab: 'calls' }} className={prose.back}>
      Calls
    </Link>
  );
  return (
    <Page
      title={query.data?.deploymentId ?? 'Call'}
      heading={`Why ${query.data?.deploymentId ?? callId}`}
      before={before}
    >
      <Column>
        {query.isError ? <ProblemNotice error={query.error} what="The call could not be read" /> : null}
        {query.data === undefined ? null : <Call call={query.data} />}
      </Column>
    </Page>
  );
}

function Call({ call }: { readonly call: ModelCallDetails }): ReactNode {
  return (
    <>
      <section className={styles.section}>
        <h2>In short</h2>
        {call.explanation.map((sentence) => (
          <p key={sentence} className={prose.sentence}>
            {sentence}
          </p>
        ))}
      </section>
      <section className={styles.section}>
        <h2>Candidates</h2>
        {call.candidates.length === 0 ? <p className={prose.quiet}>Nobody was asked.</p> : <Candidates call={call} />}
      </section>
      <section className={styles.section}>
        <h2>Tries</h2>
        {call.tries.length === 0 ? <p className={prose.quiet}>Nothing was sent.</p> : <Tries call={call} />}
      </section>
      <section className={styles.section}>
        <h2>The call</h2>
        <Facts call={call} />
      </section>
    </>
  );
}

function Candidates({ call }: { readonly call: ModelCallDetails }): ReactNode {
  return (
    <DataTable label="Candidates">
      <thead>
        <tr>
          <th scope="col">Candidate</th>
          <th scope="col" data-number>
            Score
          </th>
          <th scope="col" data-number>
            Quality
          </th>
          <th scope="col" data-number>
            Expected cost
          </th>
          <th scope="col" data-number>
            Expected time
          </th>
          <th scope="col">Passed over because</th>
        </tr>
      </thead>
      <tbody>
        {call.candidates.map((candidate) => (
          <CandidateRow
            key={candidate.deploymentId}
            candidate={candidate}
            chosen={candidate.deploymentId === call.deploymentId}
          />
        ))}
      </tbody>
    </DataTable>
  );
}

const answered = { label: 'Answered', tone: 'good', mark: 'check' } as const;

function CandidateRow({
  candidate: { deploymentId, score, excluded },
  chosen,
}: {
  readonly candidate: ModelCandidate;
  readonly chosen: boolean;
}): ReactNode {
  return (
    <tr data-chosen={chosen}>
      <th scope="row">
        <span className={prose.marked}>
          {chosen ? <StateMark style={answered} size={13} named /> : null}
          {deploymentId}
        </span>
      </th>
      <td data-number>{score?.total.toFixed(3) ?? ''}</td>
      <td data-number>
        {score?.quality.toFixed(2) ?? ''}
        {score?.learned === true ? ' learned' : ''}
        {score?.line === undefined ? null : (
          <CellNote>
            gains {score.line.gain.toFixed(2)} on {score.line.weak}; the line is at {score.line.threshold.toFixed(2)}
          </CellNote>
        )}
      </td>
      <td data-number>
        {score === undefined ? '' : formatUsd(score.costUsd)}
        {score !== undefined && score.switchingUsd > 0 ? (
          <CellNote>+ {formatUsd(score.switchingUsd)} for a cold cache</CellNote>
        ) : null}
      </td>
      <td data-number>{score === undefined ? '' : formatDuration(score.latencyMs)}</td>
      <td>{excluded === undefined ? '' : `${excluded.why}: ${excluded.detail}`}</td>
    </tr>
  );
}

const failed = { label: 'Failed', tone: 'bad', mark: 'cross' } as const;

/** When each try ran: the bars share one scale, from the call's beginning to its end. */
function Tries({ call }: { readonly call: ModelCallDetails }): ReactNode {
  const whole = Math.max(1, call.endedAt - call.startedAt);
  const share = (ms: number): string => `${Math.max(0, (100 * ms) / whole)}%`;
  return (
    <ol className={styles.tries}>
      {call.tries.map((one) => (
        <li key={`${one.deploymentId} ${one.startedAt}`} className={styles.try}>
          <span className={prose.marked}>
            <StateMark style={one.failure === undefined ? answered : failed} size={13} named />
            {one.deploymentId}
          </span>
          <span className={styles.lane} aria-hidden="true">
            <span
              className={one.failure === undefined ? styles.laneGood : styles.laneBad}
              style={{
                marginInlineStart: share(one.startedAt - call.startedAt),
                width: share(one.endedAt - one.startedAt),
              }}
            />
          </span>
          <span className={prose.quiet}>
            began after {formatDuration(one.startedAt - call.startedAt)}, took{' '}
            {formatDuration(one.endedAt - one.startedAt)}
            {one.firstByteAt === undefined
              ? ''
              : `, first byte after ${formatDuration(one.firstByteAt - one.startedAt)}`}
          </span>
          {one.failure === undefined ? null : (
            <span className={styles.learned}>
              {one.failure.kind}: {one.failure.message}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function Facts({ call }: { readonly call: ModelCallDetails }): ReactNode {
  const { usage } = call;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Asked for', call.requested.join(', ') || 'any model'],
    ['Strategy', `${call.strategy}${call.strategyBy === undefined ? '' : `, the word of the ${call.strategyBy}`}`],
    ['Kind of task', call.taskClass],
    ['Data', `${call.dataClass}${call.masked > 0 ? `, ${call.masked} values masked` : ''}`],
    ['Agent', call.agent],
    ['Key', call.keyId],
    ['Began', formatInstant(call.startedAt)],
    ['Took', formatDuration(call.endedAt - call.startedAt)],
    [
      'Tokens',
      usage === undefined
        ? undefined
        : `${usage.inputTokens} in (${usage.cachedInputTokens} cached), ${usage.outputTokens} out (${usage.reasoningTokens} of thought)`,
    ],
    ['Cost', `${formatUsd(call.costUsd)}${call.assumed ? ', in part assumed' : ''}`],
    ['Failure', call.failure?.message],
    ['Id', call.callId],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
      {call.goalId === undefined ? null : (
        <div>
          <dt>Goal</dt>
          <dd>
            <GoalLink goalId={call.goalId} />
          </dd>
        </div>
      )}
    </dl>
  );
}

function GoalLink({ goalId }: { readonly goalId: string }): ReactNode {
  return (
    <Link to="/goals/$goalId" params={{ goalId }} className={prose.link}>
      {goalId}
    </Link>
  );
}
