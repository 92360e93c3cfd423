// What stands before the page: nobody sees a view who is not logged in.
//
// Invariants: G1 what the address carried (a ticket, an invitation) is taken out of it before anything else is done with it.
//             G2 a ticket replaces no account that is open before whoever sits there agrees: the address may be from anybody.
import type { Account } from '@chorale/lib-client';
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

const carries = /^#(ticket|invitation|failed)=([A-Za-z0-9_.-]{1,256})$/;
const carried = takeCarried();
// Pasted into a page that is open, an address with a ticket changes no more than its end: nothing would be loaded.
addEventListener('hashchange', () => {
  if (carries.test(location.hash)) location.reload();
});

/** `#ticket=…` or `#invitation=…`: the part of an address that browsers send to nobody. */
function takeCarried(): { readonly what: string; readonly token: string } | undefined {
  const [, what = '', token = ''] = carries.exec(location.hash) ?? [];
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
  if (ticket.asks !== undefined) return <TicketQuestion account={ticket.asks} onAnswer={ticket.answer} />;
  if (ticket.busy) return null;
  const failed = carried?.what === 'failed' ? failureOf(carried.token) : ticket.failed;
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

interface Exchange {
  readonly busy: boolean;
  /** What went wrong with the ticket. */
  readonly failed: Error | null;
  /** Whose account is open, and would be left: a link from somebody else must not do that by itself. */
  readonly asks: Account | undefined;
  readonly answer: (answer: 'stay' | 'change') => void;
}

/** Once, however often the page is drawn. */
function useTicket(): Exchange {
  const client = useClient();
  const cache = useQueryClient();
  const [answered, answer] = useState<'stay' | 'change'>();
  const ticket = carried?.what === 'ticket' ? carried.token : undefined;
  const isWanted = ticket !== undefined && answered !== 'stay';
  const before = useQuery({ ...accountQuery(client), enabled: isWanted });
  const open = answered === undefined ? before.data : null;
  const { isFetched, isFetching, error } = useQuery({
    queryKey: queryKeys.ticket,
    queryFn: async () => {
      cache.setQueryData(queryKeys.account, await client.redeemTicket(ticket ?? ''));
      return true;
    },
    enabled: isWanted && open === null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  // Where nobody can say whether one is open, the door says so, and the ticket waits.
  const busy = isWanted && !isFetched && !before.isError;
  const asks = busy && !isFetching ? (open ?? undefined) : undefined;
  return { busy, failed: error, asks, answer };
}

interface TicketQuestionProps {
  readonly account: Account;
  readonly onAnswer: Exchange['answer'];
}

function TicketQuestion({ account, onAnswer }: TicketQuestionProps): ReactNode {
  const name = account.displayName ?? account.login ?? account.userId;
  useEffect(() => {
    document.title = 'Another account? · Chorale';
  }, []);
  return (
    <main className={styles.door}>
      <h1>Change to another account?</h1>
      <p>
        You are logged in as {name}. This address logs you out and opens the account that it was made for. Go on only if
        you asked for it yourself.
      </p>
      <Button look="primary" onClick={() => onAnswer('stay')}>
        Stay {name}
      </Button>
      <Button onClick={() => onAnswer('change')}>Change the account</Button>
    </main>
  );
}
