import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Age } from '../ui/time.tsx';
import prose from '../ui/prose.module.css';
import styles from './account.module.css';
import { ConfirmButton } from './confirm-button.tsx';
import { addPasskey, hasPasskeys, wasCancelled } from './passkeys.ts';

/** Passkeys: the devices that open the page without a password. */
export function PasskeysSection(): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [label, setLabel] = useState('This device');
  const choices = useQuery({ queryKey: queryKeys.loginChoices, queryFn: () => client.getLoginChoices() });
  const passkeys = useQuery({ queryKey: queryKeys.passkeys, queryFn: () => client.listPasskeys() });
  const renew = (): Promise<void> => cache.invalidateQueries({ queryKey: queryKeys.passkeys });
  const add = useMutation({ mutationFn: () => addPasskey(client, label), onSuccess: renew });
  const mayAdd = choices.data?.passkeys === true && hasPasskeys();
  return (
    <section className={styles.section}>
      <h2>Passkeys</h2>
      {choices.data === undefined || mayAdd ? null : (
        <p className={prose.quiet}>
          Passkeys belong to a name: open this page as <code>http://localhost</code> or under the server’s own.
        </p>
      )}
      {passkeys.isError ? <ProblemNotice error={passkeys.error} what="The passkeys could not be read" /> : null}
      {passkeys.data === undefined || passkeys.data.length === 0 ? null : (
        <ul className={styles.list}>
          {passkeys.data.map(({ passkeyId, label: name, createdAt, lastUsedAt }) => (
            <li key={passkeyId} className={styles.head}>
              <span>
                {name}, used <Age at={lastUsedAt ?? createdAt} />
              </span>
              <ConfirmButton
                label="Remove"
                name={name}
                question={`Remove the passkey “${name}”?`}
                description="It opens this page no more. The device keeps its part until it is removed there."
                act={async () => {
                  await client.removePasskey(passkeyId);
                  await renew();
                }}
              />
            </li>
          ))}
        </ul>
      )}
      {mayAdd ? (
        <form
          className={`${styles.form} ${styles.narrow}`}
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <Field label="Name of the new passkey">
            {(control) => (
              <TextInput {...control} required value={label} onChange={(event) => setLabel(event.target.value)} />
            )}
          </Field>
          {add.isError && !wasCancelled(add.error) ? <ProblemNotice error={add.error} /> : null}
          <div>
            <Button type="submit" disabled={add.isPending}>
              Add a passkey
            </Button>
          </div>
        </form>
      ) : null}
    </section>
  );
}
