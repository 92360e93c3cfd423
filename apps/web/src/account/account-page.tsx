import type { Account, AccountSession } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Age } from '../ui/time.tsx';
import { sayDone } from '../ui/toasts.tsx';
import { DataTable } from '../ui/data-table.tsx';
import prose from '../ui/prose.module.css';
import styles from './account.module.css';
import { accountQuery, forgetAll } from './account-query.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { PasskeysSection } from './passkeys-section.tsx';
import { KeysSection } from './keys-section.tsx';

/** Who one is here, and what lets one in. */
export function AccountPage(): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const account = useQuery(accountQuery(client)).data;
  const logOut = useMutation({ mutationFn: () => client.logOut(), onSuccess: () => forgetAll(cache) });
  if (account === undefined || account === null) return null;
  return (
    <Page
      title="Account"
      actions={
        <>
          {account.operations.includes('member.read') ? (
            <Button onClick={() => void navigate({ to: '/members' })}>Members</Button>
          ) : null}
          <Button onClick={() => logOut.mutate()} disabled={logOut.isPending}>
            Log out
          </Button>
        </>
      }
    >
      <Column>
        {logOut.isError ? <ProblemNotice error={logOut.error} what="You are still logged in" /> : null}
        <Who account={account} />
        <PasswordSection />
        <PasskeysSection />
        <SessionsSection />
        <KeysSection account={account} />
      </Column>
    </Page>
  );
}

function Who({ account }: { readonly account: Account }): ReactNode {
  return (
    <section className={styles.section}>
      <h2>{account.displayName ?? account.login ?? account.userId}</h2>
      <p className={prose.quiet}>
        {account.login ?? account.userId}, {account.roles.length === 0 ? 'without a role' : account.roles.join(', ')}
      </p>
    </section>
  );
}

function PasswordSection(): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => client.changePassword({ current, password }),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      sayDone('The password is changed; other sessions have ended.');
      void cache.invalidateQueries({ queryKey: queryKeys.sessions });
    },
  });
  return (
    <section className={styles.section}>
      <h2>Password</h2>
      <form
        className={`${styles.form} ${styles.narrow}`}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Field label="Password now">
          {(control) => (
            <TextInput
              {...control}
              type="password"
              autoComplete="current-password"
              required
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
        <Field label="New password" hint="Twelve characters or more. Other sessions end.">
          {(control) => (
            <TextInput
              {...control}
              type="password"
              autoComplete="new-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {change.isError ? <ProblemNotice error={change.error} what="The password was not changed" /> : null}
        <div>
          <Button type="submit" disabled={change.isPending}>
            Change password
          </Button>
        </div>
      </form>
    </section>
  );
}

function SessionsSection(): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const sessions = useQuery({ queryKey: queryKeys.sessions, queryFn: () => client.listSessions() });
  const renew = (): Promise<void> => cache.invalidateQueries({ queryKey: queryKeys.sessions });
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>Sessions</h2>
        <ConfirmButton
          label="End all others"
          name=""
          question="End all other sessions?"
          description="Whoever uses them has to log in again."
          act={async () => {
            await client.endOtherSessions();
            await renew();
          }}
        />
      </div>
      {sessions.isError ? <ProblemNotice error={sessions.error} what="The sessions could not be read" /> : null}
      {sessions.data === undefined ? null : <Sessions sessions={sessions.data} onEnded={renew} />}
    </section>
  );
}

interface SessionsProps {
  readonly sessions: readonly AccountSession[];
  readonly onEnded: () => Promise<void>;
}

function Sessions({ sessions, onEnded }: SessionsProps): ReactNode {
  const client = useClient();
  return (
    <DataTable label="Sessions">
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">Program</th>
          <th scope="col">Logged in by</th>
          <th scope="col">Seen</th>
          <th scope="col">What can be done</th>
        </tr>
      </thead>
      <tbody>
        {sessions.map(({ sessionId, address, agent, method, lastSeenAt, current }) => (
          <tr key={sessionId}>
            <th scope="row">{address}</th>
            <td title={agent}>{shortAgent(agent)}</td>
            <td>{method}</td>
            <td>
              <Age at={lastSeenAt} />
            </td>
            <td>
              {current ? (
                'this one'
              ) : (
                <ConfirmButton
                  label="End"
                  name={`the session from ${address}`}
                  question="End that session?"
                  description={`${address}, ${shortAgent(agent)}. Whoever uses it has to log in again.`}
                  act={async () => {
                    await client.endSession(sessionId);
                    await onEnded();
                  }}
                />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

/** Browsers say at length what others are like; the last word that is no version of an engine is theirs. */
function shortAgent(agent: string): string {
  const known = /(Firefox|Edg|OPR|Chrome|HeadlessChrome|Safari)\/(\d+)/.exec(agent.replace(/HeadlessChrome/, 'Chrome'));
  return known === null ? agent.slice(0, 30) || 'unknown' : `${known[1]} ${known[2]}`;
}
