import type { LoginChoices } from '@chorale/lib-client';
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

type OnFailed = (failed: unknown) => void;

/** `failed`: what went wrong with the way in that was tried before. */
export function LoginPage({ failed: failedBefore }: { readonly failed: unknown }): ReactNode {
  const client = useClient();
  const [failed, setFailed] = useState<unknown>(failedBefore);
  const choices = useQuery({ queryKey: queryKeys.loginChoices, queryFn: () => client.getLoginChoices() });
  useEffect(() => {
    document.title = 'Log in · Chorale';
  }, []);
  return (
    <main className={styles.door}>
      <h1>Log in to Chorale</h1>
      {typeof failed === 'string' ? <p role="alert">{failed}</p> : null}
      {failed instanceof Error ? <ProblemNotice error={failed} /> : null}
      {/* What cannot be asked shows the way that is most likely there. */}
      {choices.data?.passwords === false || choices.isPending ? null : <PasswordForm onFailed={setFailed} />}
      {choices.data === undefined ? null : <OtherWays choices={choices.data} onFailed={setFailed} />}
    </main>
  );
}

function PasswordForm({ onFailed }: { readonly onFailed: OnFailed }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => name.current?.focus(), []);
  const logIn = useMutation({
    mutationFn: () => client.logIn({ login, password }),
    onSuccess: (account) => cache.setQueryData(queryKeys.account, account),
    onError: (error) => {
      setPassword('');
      onFailed(error);
    },
  });
  return (
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
      <Button look="primary" type="submit" disabled={logIn.isPending}>
        {logIn.isPending ? 'Logging in…' : 'Log in'}
      </Button>
    </form>
  );
}

interface OtherWaysProps {
  readonly choices: LoginChoices;
  readonly onFailed: OnFailed;
}

/** Without a password: by a passkey, or at a provider. */
function OtherWays({ choices, onFailed }: OtherWaysProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const withPasskey = useMutation({
    mutationFn: () => logInWithPasskey(client),
    onSuccess: (account) => cache.setQueryData(queryKeys.account, account),
    onError: (error) => onFailed(wasCancelled(error) ? undefined : error),
  });
  return (
    <div className={styles.ways}>
      {choices.passkeys && hasPasskeys() ? (
        <Button onClick={() => withPasskey.mutate()} disabled={withPasskey.isPending}>
          Log in with a passkey
        </Button>
      ) : null}
      {choices.providers.map(({ name, label }) => (
        <a key={name} className={styles.way} href={`/v1/login/providers/${encodeURIComponent(name)}`}>
          {label}
        </a>
      ))}
    </div>
  );
}
