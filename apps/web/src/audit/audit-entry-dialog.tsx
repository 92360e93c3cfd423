import type { AuditEntry } from '@chorale/lib-client';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { formatInstant } from '../ui/format.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import styles from './audit-page.module.css';
import { decisionStyles } from './audit-table.tsx';

interface AuditEntryDialogProps {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}

/** All that an entry says, and the proof that it is in the log. */
export function AuditEntryDialog({ entry, onClose }: AuditEntryDialogProps): ReactNode {
  const client = useClient();
  const proving = useMutation({ mutationFn: () => client.proveAuditEntry(entry.actId) });
  const proof = proving.data;
  return (
    <Dialog open title={entry.what} onClose={onClose} wide>
      <DialogBody>
        <dl className={styles.facts}>
          {factsOf(entry).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {proving.isError ? <ProblemNotice error={proving.error} what="It could not be proved" /> : null}
        {proof === undefined ? null : (
          <div className={styles.proof} aria-live="polite">
            <p>
              Entry {proof.no} leads by {proof.inclusion.length} hashes to a root that this installation has signed.
              Save the proof as a file, and <code>chorale audit verify proof.json</code> shows it to whoever has the
              keys.
            </p>
            <CopyButton text={() => JSON.stringify(proof, undefined, 2)} label="Copy the proof" />
          </div>
        )}
      </DialogBody>
      <DialogActions>
        <Button onClick={() => proving.mutate()} disabled={proving.isPending}>
          Prove it
        </Button>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

function factsOf(entry: AuditEntry): readonly (readonly [string, string])[] {
  const { no, actId, at, who, on, decision, reason, requestId, detail, personal } = entry;
  return [
    [
      'Decision',
      reason === undefined ? decisionStyles[decision].label : `${decisionStyles[decision].label}: ${reason}`,
    ],
    ['Who', `${who.kind} ${who.id}`],
    ['On', `${on.kind} ${on.id}`],
    ['When', formatInstant(at)],
    ...Object.entries(detail).map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(personal).map(([name, { value, subject }]) => [name, value ?? `erased, of ${subject}`] as const),
    ...(requestId === undefined ? [] : [['Request', requestId] as const]),
    ['Act', actId],
    ['Place in the log', String(no)],
  ];
}
