import type { AuditDecision, AuditEntry } from '@chorale/lib-client';
import type { ReactNode } from 'react';
import { StateMark } from '../status/state-mark.tsx';
import type { StateStyle } from '../status/tone.ts';
import { Button } from '../ui/button.tsx';
import { formatInstant } from '../ui/format.ts';
import { DataTable } from '../ui/data-table.tsx';
import prose from '../ui/prose.module.css';
import styles from './audit-page.module.css';

export const decisionStyles: Readonly<Record<AuditDecision, StateStyle>> = {
  allowed: { label: 'Allowed', tone: 'idle', mark: 'ring' },
  refused: { label: 'Refused', tone: 'bad', mark: 'cross' },
  approved: { label: 'Approved', tone: 'good', mark: 'check' },
  rejected: { label: 'Rejected', tone: 'bad', mark: 'cross' },
  done: { label: 'Done', tone: 'good', mark: 'check' },
  failed: { label: 'Failed', tone: 'bad', mark: 'cross' },
};

interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  readonly onOpen: (entry: AuditEntry) => void;
}

export function AuditTable({ entries, onOpen }: AuditTableProps): ReactNode {
  return (
    <DataTable label="Entries">
      <thead>
        <tr>
          <th scope="col">Decision</th>
          <th scope="col">Act</th>
          <th scope="col">Who</th>
          <th scope="col">On</th>
          <th scope="col">When</th>
          <th scope="col" data-number>
            No.
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.no}>
            <td>
              <span className={prose.marked}>
                <StateMark style={decisionStyles[entry.decision]} size={13} />
                {entry.reason ?? decisionStyles[entry.decision].label}
              </span>
            </td>
            <th scope="row">
              <Button look="plain" onClick={() => onOpen(entry)}>
                {entry.what}
              </Button>
            </th>
            <td>
              {entry.who.id} <span className={styles.kind}>{entry.who.kind}</span>
            </td>
            <td>
              {entry.on.id} <span className={styles.kind}>{entry.on.kind}</span>
            </td>
            <td>{formatInstant(entry.at)}</td>
            <td data-number>{entry.no}</td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}
