import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import styles from './account.module.css';

interface InvitationPageProps {
  readonly invitation: string;
  readonly onDone: () => void;
}

/** Whoever was invited chooses a password, and is in. */
export function InvitationPage({ invitation, onDone }: InvitationPageProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [password, setPassword] = useState('');
  const accept = useMutation({
    mutationFn: () => client.acceptInvitation(invitation, password),
    onSuccess: (account) => {
      cache.setQueryData(queryKeys.account, account);
      onDone();
    },
  });
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    document.title = 'Welcome · Chorale';
  }, []);
  return (
    <main className={styles.door}>
      <h1>Welcome to Chorale</h1>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          accept.mutate();
        }}
      >
        <Field
          label="Choose a password"
          hint="Twelve characters or more; a few words that only you would put together."
        >
          {(control) => (
            <TextInput
              {...control}
              type="password"
              autoComplete="new-password"
              ref={field}
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {accept.isError ? <ProblemNotice error={accept.error} /> : null}
        <Button look="primary" type="submit" disabled={accept.isPending}>
          Come in
        </Button>
        <Button look="quiet" onClick={onDone}>
          I have a password already
        </Button>
      </form>
    </main>
  );
}
