// What stands before the page: nobody sees a view who is not logged in.
//
// Invariants: G1 what the address carried (a ticket, an invitation) is taken out of it before anything else is done with it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useClient, useLive } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { accountQuery } from './account-query.ts';
import styles from './account.module.css';

const LoginPage = lazy(async () => ({ default: (await import('./login-page.tsx')).LoginPage }));
const InvitationPage = lazy(async () => ({ default: (await import('./invitation-page.tsx')).InvitationPage }));

const carried = takeCarried();

/** `#ticket=…` or `#invitation=…`: the part of an address that browsers send to nobody. */
function takeCarried(): { readonly what: string; readonly token: string } | undefined {
  const [, what = '', token = ''] = /^#(ticket|invitation|failed)=([A-Za-z0-9_.-]{1,256})$/.exec(location.hash) ?? [];
  if (what === '') return undefined;
  history.replaceState(history.state, '', `${location.pathname}${location.search}`);
  return { what, token };
}

export function Gate({ children }: { readonly children: ReactNode }): ReactNode {
  const [invitation, setInvitation] = useState(carried?.what === 'invitation' ? carried.token : undefined);
  const ticket = useTicket();
  if (invitation !== undefined)
    return (
      <Suspense>
        <InvitationPage invitation={invitation} onDone={() => setInvitation(undefined)} />
      </Suspense>
    );
  if (ticket === 'in use') return null;
  const failed = carried?.what === 'failed' ? failureOf(carried.token) : ticket;
  return <Door ticketFailed={failed}>{children}</Door>;
}

function Door({ ticketFailed, children }: { readonly ticketFailed: unknown; readonly children: ReactNode }): ReactNode {
  const client = useClient();
  const live = useLive();
  const account = useQuery(accountQuery(client));
  const isIn = account.data !== undefined && account.data !== null;
  useEffect(() => {
    if (isIn) live.start();
    else live.stop();
  }, [isIn, live]);
  if (account.data === null)
    return (
      <Suspense>
        <LoginPage failed={ticketFailed} />
      </Suspense>
    );
  if (account.data !== undefined) return children;
  if (!account.isError) return null;
  return (
    <main className={styles.door}>
      <ProblemNotice error={account.error} what="The page could not be opened">
        <div>
          <Button onClick={() => void account.refetch()}>Try again</Button>
        </div>
      </ProblemNotice>
    </main>
  );
}

/** Why the way in by a provider ended here. */
function failureOf(code: string): string {
  if (code === 'login-refused') return 'The login provider knows you, but you have no account here.';
  if (code === 'provider-unreachable') return 'The login provider does not answer. Try again in a moment.';
  return `Logging in at the provider did not work (${code}).`;
}

let using: Promise<unknown> | undefined;

/** What went wrong with the ticket, if anything did. */
function useTicket(): unknown {
  const client = useClient();
  const cache = useQueryClient();
  const [state, setState] = useState<unknown>(carried?.what === 'ticket' ? 'in use' : undefined);
  useEffect(() => {
    if (carried?.what !== 'ticket') return;
    // Once, however often the page is drawn.
    using ??= client.useTicket(carried.token).then((account) => cache.setQueryData(queryKeys.account, account));
    using.then(
      () => setState(undefined),
      (error: unknown) => setState(error),
    );
  }, [client, cache]);
  return state;
}
