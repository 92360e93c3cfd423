// A connection for one transaction, of which nothing is used once it has gone, and which nobody waits for without end.
//
// postgres.js 3.4.9 sends to a reserved connection that was closed, and takes it back among those that are open: the write
// finds no socket, and the process ends (https://github.com/porsager/postgres/issues/1208). What it had not sent yet is
// never answered; and one that is opened anew in order to be reserved is never handed out.
import type { ReservedSql, Sql } from 'postgres';
import { poolOf, type Pool } from './pool.ts';
import { lost } from './server-socket.ts';

export type Reserved = Pick<ReservedSql, 'unsafe' | 'release'>;

/**
 * Of a pool of which nobody asks anything but through here, and whose connections do not end by age: where the driver would have
 * to keep a request to reserve, it loses it, and a connection with it, when one closes meanwhile.
 *
 * @throws an error with a code when there is no connection within the pool's `answerMs`.
 */
export async function reserve(sql: Sql): Promise<Reserved> {
  const pool = poolOf(sql);
  if (pool === undefined) throw new Error('This pool was not opened by connect.ts.');
  const giveUp = giveUpAfter(pool.answerMs);
  try {
    const leave = await pool.enter(sql.options.max, giveUp.promise);
    try {
      return guard(await pool.inTurn(() => take(sql, pool, giveUp.promise)), pool, leave);
    } catch (error) {
      leave();
      throw error;
    }
  } finally {
    giveUp.end();
  }
}

/** The driver hands out a connection that has just answered; one that it opens in order to be reserved it never does. */
async function take(sql: Sql, pool: Pool, givenUp: Promise<never>): Promise<ReservedSql> {
  if (pool.idle > 0) pool.idle -= 1;
  else await Promise.race([sql.unsafe('SELECT 1'), givenUp]);
  return await Promise.race([sql.reserve(), givenUp]);
}

function guard(reserved: ReservedSql, pool: Pool, leave: () => void): Reserved {
  let held: { readonly id: number; readonly closings: number } | undefined;
  let isLost = false;
  const unanswered = new Set<(error: Error) => void>();
  const onLost = (): void => {
    isLost = true;
    for (const fail of unanswered) fail(connectionLost());
    unanswered.clear();
  };
  const isGone = (): boolean => isLost || (held !== undefined && pool.closingsOf(held.id) > held.closings);
  // Called with the connection that a statement was sent on; the types do not know it.
  const onexecute = ({ id }: { readonly id: number }): true => {
    held ??= { id, closings: pool.closingsOf(id) };
    return true;
  };
  const stop = pool.onClosing((id) => {
    if (held?.id === id) onLost();
  });
  const send = (text: string, parameters: [], options: object): object => {
    if (isGone()) return asQuery(Promise.reject(connectionLost()));
    const query = reserved.unsafe(text, parameters, { ...options, onexecute } as object);
    const answer = new Promise((resolve, reject) => {
      unanswered.add(reject);
      query.then(resolve, (error: unknown) => {
        if (isLoss(error)) isLost = true;
        reject(error);
      });
      query.finally(() => unanswered.delete(reject)).catch(() => undefined);
    });
    return asQuery(answer, () => void query.values());
  };
  return {
    unsafe: send as ReservedSql['unsafe'],
    // A connection that is lost goes back by itself once it is closed.
    release() {
      stop();
      if (!isGone()) {
        reserved.release();
        pool.noteIdle();
      }
      leave();
    },
  };
}

/** What is sent between an error such as these and the end of the connection is never answered. */
function isLoss(error: unknown): boolean {
  const { code = '', severity = '' } = error as { readonly code?: string; readonly severity?: string };
  return /^(?:CONNECTION_|E[A-Z]+$)/.test(code) || severity === 'FATAL' || severity === 'PANIC';
}

function connectionLost(): Error {
  return lost('The connection was lost.', 'CONNECTION_CLOSED');
}

/** As far as a query of the driver is used. */
function asQuery(answer: Promise<unknown>, onValues: () => void = () => undefined): object {
  answer.catch(() => undefined);
  const query = Object.assign(answer, {
    values() {
      onValues();
      return query;
    },
    execute: () => query,
  });
  return query;
}

export interface GiveUp {
  readonly promise: Promise<never>;
  end(): void;
}

/** Rejects after so long; never for 0. */
export function giveUpAfter(ms: number): GiveUp {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    if (ms === 0) return;
    timer = setTimeout(() => reject(lost(`The database did not answer within ${ms} ms.`, 'CONNECTION_TIMEOUT')), ms);
  });
  promise.catch(() => undefined);
  return { promise, end: () => clearTimeout(timer) };
}
