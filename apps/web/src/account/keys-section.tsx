import type { Account, AccountKey, NewAccountKey } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Checkbox, Field, TextInput } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Age, Until } from '../ui/time.tsx';
import { DataTable } from '../ui/data-table.tsx';
import prose from '../ui/prose.module.css';
import styles from './account.module.css';
import { ConfirmButton } from './confirm-button.tsx';

/** API keys, for programs that act in one's name. */
export function KeysSection({ account }: { readonly account: Account }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<NewAccountKey>();
  const keys = useQuery({ queryKey: queryKeys.accountKeys, queryFn: () => client.listKeys() });
  const renew = (): Promise<void> => cache.invalidateQueries({ queryKey: queryKeys.accountKeys });
  const onMade = (key: NewAccountKey): void => {
    setMade(key);
    setAdding(false);
    void renew();
  };
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>API keys</h2>
        <Button onClick={() => setAdding(true)}>New key</Button>
      </div>
      {made === undefined ? null : <Once made={made} />}
      {keys.isError ? <ProblemNotice error={keys.error} what="The keys could not be read" /> : null}
      {keys.data?.length === 0 ? <p className={prose.quiet}>There are none.</p> : null}
      {keys.data === undefined || keys.data.length === 0 ? null : (
        <Keys keys={keys.data} onMade={onMade} onRevoked={renew} />
      )}
      <NewKeyDialog account={account} open={adding} onClose={() => setAdding(false)} onMade={onMade} />
    </section>
  );
}

function Once({ made }: { readonly made: NewAccountKey }): ReactNode {
  return (
    <output className={styles.once}>
      <div>
        <p>The key of “{made.label}”. It is shown this once:</p>
        <code>{made.key}</code>
      </div>
      <CopyButton text={() => made.key} label="Copy the key" />
    </output>
  );
}

interface KeysProps {
  readonly keys: readonly AccountKey[];
  readonly onMade: (key: NewAccountKey) => void;
  readonly onRevoked: () => Promise<void>;
}

function Keys({ keys, onMade, onRevoked }: KeysProps): ReactNode {
  const client = useClient();
  return (
    <DataTable label="Keys">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">For</th>
          <th scope="col">Used</th>
          <th scope="col">Ends</th>
          <th scope="col">What can be done</th>
        </tr>
      </thead>
      <tbody>
        {keys.map(({ keyId, label, scopes, lastUsedAt, expiresAt, replacedBy }) => (
          <tr key={keyId}>
            <th scope="row" title={keyId}>
              {label}
            </th>
            <td title={scopes.join(', ')}>{scopes.length === 1 ? scopes[0] : `${scopes.length} operations`}</td>
            <td>{lastUsedAt === undefined ? 'never' : <Age at={lastUsedAt} />}</td>
            <td>
              <Until at={expiresAt} />
            </td>
            <td>
              {replacedBy === undefined ? (
                <ConfirmButton
                  label="Rotate"
                  name={label}
                  question={`Make a new key for “${label}”?`}
                  description="The old one counts for another day."
                  act={async () => onMade(await client.rotateKey(keyId))}
                />
              ) : null}
              <ConfirmButton
                label="Revoke"
                name={label}
                question={`Revoke “${label}”?`}
                description="Programs that use it are refused from then on."
                act={async () => {
                  await client.revokeKey(keyId);
                  await onRevoked();
                }}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

interface NewKeyDialogProps {
  readonly account: Account;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onMade: (key: NewAccountKey) => void;
}

function NewKeyDialog({ account, open, onClose, onMade }: NewKeyDialogProps): ReactNode {
  const client = useClient();
  const [label, setLabel] = useState('');
  const [days, setDays] = useState('90');
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set());
  const make = useMutation({
    mutationFn: () =>
      client.makeKey({ label, days: Number(days), ...(scopes.size === 0 ? {} : { scopes: [...scopes] }) }),
    onSuccess: (key) => {
      setLabel('');
      setScopes(new Set());
      onMade(key);
    },
  });
  const toggle = (scope: string, on: boolean): void => {
    const next = new Set(scopes);
    if (on) next.add(scope);
    else next.delete(scope);
    setScopes(next);
  };
  return (
    <Dialog open={open} onClose={onClose} title="New API key" wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <DialogBody>
          <Field label="What for">
            {(control) => (
              <TextInput {...control} required value={label} onChange={(event) => setLabel(event.target.value)} />
            )}
          </Field>
          <Field label="Days until it ends">
            {(control) => (
              <TextInput
                {...control}
                type="number"
                min={1}
                max={366}
                required
                value={days}
                onChange={(event) => setDays(event.target.value)}
              />
            )}
          </Field>
          <fieldset className={styles.choices}>
            <legend>Operations it is for; none chosen: all of yours</legend>
            {account.operations.map((operation) => (
              <Checkbox
                key={operation}
                label={operation}
                checked={scopes.has(operation)}
                onChange={(event) => toggle(operation, event.target.checked)}
              />
            ))}
          </fieldset>
          {make.isError ? <ProblemNotice error={make.error} what="No key was made" /> : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={make.isPending}>
            Make key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
