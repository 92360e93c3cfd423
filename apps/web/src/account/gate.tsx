// What stands before the page: nobody sees a view who is not logged in.
//
// Invariants: G1 what the address carried (a ticket, an invitation) is taken out of it before anything else is done with it.
//             G2 a ticket opens nothing before whoever sits there agrees, where an account is open or others reach the server:
//                 the address may be from anybody, and lead into an account of theirs.
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
  if (ticket.asks !== undefined) return <TicketQuestion open={ticket.asks} onAnswer={ticket.answer} />;
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
  /** Whose account is open, and would be left; null for nobody's. A link from somebody else must not do it by itself. */
  readonly asks: Account | null | undefined;
  readonly answer: (answer: 'stay' | 'change') => void;
}

/** On the machine of the server a ticket is its owner's: they have just been given it. */
const isHere = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(location.hostname);

/** Once, however often the page is drawn. */
function useTicket(): Exchange {
  const client = useClient();
  const cache = useQueryClient();
  const [answered, answer] = useState<'stay' | 'change'>();
  const ticket = carried?.what === 'ticket' ? carried.token : undefined;
  const isWanted = ticket !== undefined && answered !== 'stay';
  const before = useQuery({ ...accountQuery(client), enabled: isWanted });
  const open = answered === undefined ? before.data : null;
  const mayGoOn = open === null && (isHere || answered === 'change');
  const { isFetched, isFetching, error } = useQuery({
    queryKey: queryKeys.ticket,
    queryFn: async () => {
      cache.setQueryData(queryKeys.account, await client.redeemTicket(ticket ?? ''));
      return true;
    },
    enabled: isWanted && mayGoOn,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  // Where nobody can say whether one is open, the door says so, and the ticket waits.
  const busy = isWanted && !isFetched && !before.isError;
  const asks = busy && !isFetching && !mayGoOn ? open : undefined;
  return { busy, failed: error, asks, answer };
}

interface TicketQuestionProps {
  /** Whose account is open; null for nobody's. */
  readonly open: Account | null;
  readonly onAnswer: Exchange['answer'];
}

function TicketQuestion({ open, onAnswer }: TicketQuestionProps): ReactNode {
  const title = open === null ? 'Open this account?' : 'Change to another account?';
  useEffect(() => {
    document.title = `${title} · Chorale`;
  }, [title]);
  const name = open === null ? undefined : (open.displayName ?? open.login ?? open.userId);
  return (
    <main className={styles.door}>
      <h1>{title}</h1>
      <p>
        {name === undefined
          ? 'This address opens the account that it was made for, which may be somebody else’s.'
          : `You are logged in as ${name}. This address logs you out and opens the account that it was made for.`}{' '}
        Go on only if you asked for it yourself.
      </p>
      <Button look="primary" onClick={() => onAnswer('stay')}>
        {name === undefined ? 'Log in myself' : `Stay ${name}`}
      </Button>
      <Button onClick={() => onAnswer('change')}>
        {name === undefined ? 'Open the account' : 'Change the account'}
      </Button>
    </main>
  );
}
