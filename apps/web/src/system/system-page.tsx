import type { DoctorCheck, QueueStats, Worker } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { doctorQuery, queueQuery, workersQuery } from '../data/queries.ts';
import { StateMark } from '../status/state-mark.tsx';
import { formatDuration } from '../ui/format.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Age } from '../ui/time.tsx';
import { DataTable } from '../ui/data-table.tsx';
import prose from '../ui/prose.module.css';
import styles from './system-page.module.css';
import { ToolsSection } from './tools-section.tsx';

/** How the installation is doing: what waits, who works, what this machine lacks. */
export function SystemPage(): ReactNode {
  const client = useClient();
  const queue = useQuery(queueQuery(client));
  const workers = useQuery(workersQuery(client));
  const doctor = useQuery(doctorQuery(client));
  return (
    <Page title="System">
      <Column>
        <section className={styles.section}>
          <h2>Queue</h2>
          {queue.isError ? <ProblemNotice error={queue.error} what="The queue could not be read" /> : null}
          {queue.data === undefined ? null : <Queue stats={queue.data} />}
        </section>
        <section className={styles.section}>
          <h2>Workers</h2>
          {workers.isError ? <ProblemNotice error={workers.error} what="The workers could not be read" /> : null}
          {workers.data === undefined ? null : <Workers workers={workers.data} />}
        </section>
        <ToolsSection />
        <section className={styles.section}>
          <h2>This machine</h2>
          {doctor.isError ? <ProblemNotice error={doctor.error} what="The machine could not be looked at" /> : null}
          {doctor.isPending ? <p className={prose.quiet}>Looking…</p> : null}
          {doctor.data === undefined ? null : <Checks checks={doctor.data} />}
        </section>
      </Column>
    </Page>
  );
}

/** A ready task that has waited longer than this is worth a look. */
const oldestReadyAlertMs = 60_000;

function Queue({ stats }: { readonly stats: QueueStats }): ReactNode {
  const tiles = [
    { name: 'Running', value: String(stats.running) },
    { name: 'Ready', value: String(stats.ready) },
    { name: 'Sleeping', value: String(stats.sleeping) },
    { name: 'Blocked', value: String(stats.blocked) },
    {
      name: 'Oldest ready task',
      value: stats.ready === 0 ? 'none' : formatDuration(stats.oldestReadyMs),
      alert: stats.ready > 0 && stats.oldestReadyMs > oldestReadyAlertMs,
    },
  ];
  return (
    <dl className={styles.tiles}>
      {tiles.map(({ name, value, alert = false }) => (
        <div key={name} className={styles.tile} data-alert={alert}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Workers({ workers }: { readonly workers: readonly Worker[] }): ReactNode {
  if (workers.length === 0) {
    return (
      <p className={prose.quiet}>
        Nobody runs tasks: they wait until a worker comes. Start one with <code>chorale serve</code>.
      </p>
    );
  }
  return (
    <DataTable label="Workers">
      <thead>
        <tr>
          <th scope="col">Worker</th>
          <th scope="col">State</th>
          <th scope="col">Labels</th>
          <th scope="col">Version</th>
          <th scope="col">Up</th>
        </tr>
      </thead>
      <tbody>
        {workers.map((worker) => (
          <tr key={worker.workerId}>
            <th scope="row" title={worker.workerId}>
              {worker.name}
            </th>
            <td>
              <span className={prose.marked}>
                <StateMark style={worker.alive ? alive : gone} size={13} />
                {worker.alive ? alive.label : gone.label}
              </span>
            </td>
            <td>{worker.labels.join(', ')}</td>
            <td>{worker.version}</td>
            <td>
              <Age at={worker.startedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

const alive = { label: 'At work', tone: 'good', mark: 'check' } as const;
const gone = { label: 'Gone: its tasks go to others', tone: 'bad', mark: 'cross' } as const;
const lacking = { label: 'Missing', tone: 'bad', mark: 'cross' } as const;
const optional = { label: 'Missing, works with less', tone: 'ask', mark: 'person' } as const;
const found = { label: 'Found', tone: 'good', mark: 'check' } as const;

function Checks({ checks }: { readonly checks: readonly DoctorCheck[] }): ReactNode {
  return (
    <ul className={styles.checks}>
      {checks.map((check) => (
        <li key={check.name} className={styles.check}>
          <StateMark style={check.ok ? found : check.optional ? optional : lacking} named />
          <span className={styles.checkName}>{check.name}</span>
          <span className={styles.found}>
            {check.found}
            {check.fix === undefined ? null : <code className={styles.fix}>{check.fix}</code>}
          </span>
        </li>
      ))}
    </ul>
  );
}
