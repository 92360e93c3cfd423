import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import styles from './account.module.css';
import { hasPasskeys, logInWithPasskey, wasCancelled } from './passkeys.ts';

/** `failed`: what went wrong with the way in that was tried before. */
export function LoginPage({ failed }: { readonly failed: unknown }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const logIn = useMutation({
    mutationFn: () => client.logIn({ login, password }),
    onSuccess: (account) => cache.setQueryData(queryKeys.account, account),
    onError: () => setPassword(''),
  });
  const [otherFailed, setOtherFailed] = useState<Error | null>(null);
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => {
    name.current?.focus();
    document.title = 'Log in · Chorale';
  }, []);
  const error = logIn.error ?? otherFailed ?? failed;
  return (
    <main className={styles.door}>
      <h1>Log in to Chorale</h1>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          logIn.mutate();
        }}
      >
        <Field label="Name">
          {(control) => (
            <TextInput
              {...control}
              autoComplete="username"
              autoCapitalize="none"
              ref={name}
              required
              value={login}
              onChange={(event) => setLogin(event.target.value)}
            />
          )}
        </Field>
        <Field label="Password">
          {(control) => (
            <TextInput
              {...control}
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {typeof error === 'string' ? <p role="alert">{error}</p> : null}
        {error instanceof Error ? <ProblemNotice error={error} /> : null}
        <Button look="primary" type="submit" disabled={logIn.isPending}>
          {logIn.isPending ? 'Logging in…' : 'Log in'}
        </Button>
      </form>
      <OtherWays onFailed={setOtherFailed} />
    </main>
  );
}

/** Without a password: by a passkey, or at a provider. */
function OtherWays({ onFailed }: { readonly onFailed: (error: Error | null) => void }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const choices = useQuery({ queryKey: queryKeys.loginChoices, queryFn: () => client.getLoginChoices() });
  const withPasskey = useMutation({
    mutationFn: () => logInWithPasskey(client),
    onSuccess: (account) => cache.setQueryData(queryKeys.account, account),
    onError: (error) => onFailed(wasCancelled(error) ? null : error),
  });
  return (
    <div className={styles.ways}>
      {choices.data?.passkeys === true && hasPasskeys() ? (
        <Button onClick={() => withPasskey.mutate()} disabled={withPasskey.isPending}>
          Log in with a passkey
        </Button>
      ) : null}
      {choices.data?.providers.map(({ name, label }) => (
        <a key={name} className={styles.way} href={`/v1/login/providers/${encodeURIComponent(name)}`}>
          {label}
        </a>
      ))}
    </div>
  );
}
