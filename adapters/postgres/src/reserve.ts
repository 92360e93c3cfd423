// A connection for one transaction, of which nothing is used once it has gone.
//
// postgres.js 3.4.9 sends to a reserved connection that was closed, and takes it back among those that are open: the write
// finds no socket, and the process ends (https://github.com/porsager/postgres/issues/1208).
import type { ReservedSql, Sql } from 'postgres';

export type Reserved = Pick<ReservedSql, 'unsafe' | 'release'>;

/** How often each connection of this process was closed, by the number it has for as long as the process runs. */
const closings = new Map<number, number>();

/** For the options of every client whose connections are reserved. */
export function onclose(id: number): void {
  closings.set(id, (closings.get(id) ?? 0) + 1);
  closedEver += 1;
}

let closedEver = 0;
const openedAfter = new WeakMap<Sql, number>();

/** A connection that is opened anew in order to be reserved is never handed out by the driver; one that is asked something is. */
async function openAll(sql: Sql): Promise<void> {
  const after = closedEver;
  if (openedAfter.get(sql) === after) return;
  await Promise.all(Array.from({ length: sql.options.max }, () => sql.unsafe('SELECT 1')));
  openedAfter.set(sql, after);
}

export async function reserve(sql: Sql): Promise<Reserved> {
  await openAll(sql);
  const reserved = await sql.reserve();
  let held: { readonly id: number; readonly closed: number } | undefined;
  let isLost = false;
  const isGone = (): boolean => isLost || (held !== undefined && (closings.get(held.id) ?? 0) > held.closed);
  // Called with the connection that a statement was sent on; the types do not know it.
  const onexecute = ({ id }: { readonly id: number }): true => {
    held ??= { id, closed: closings.get(id) ?? 0 };
    return true;
  };
  const send = (text: string, parameters: [], options: object): object => {
    if (isGone()) return neverSent();
    const query = reserved.unsafe(text, parameters, { ...options, onexecute } as object);
    // What is sent between this and the end of the connection is never answered.
    query.catch((error: unknown) => (isLost ||= isLoss(error)));
    return query;
  };
  return {
    unsafe: send as ReservedSql['unsafe'],
    // A connection that is lost goes back by itself once it is closed.
    release() {
      if (!isGone()) reserved.release();
    },
  };
}

function isLoss(error: unknown): boolean {
  const { code = '', severity = '' } = error as { readonly code?: string; readonly severity?: string };
  return /^(?:CONNECTION_|E[A-Z]+$)/.test(code) || severity === 'FATAL' || severity === 'PANIC';
}

function neverSent(): object {
  const failed = Promise.reject(Object.assign(new Error('The connection was lost.'), { code: 'CONNECTION_CLOSED' }));
  failed.catch(() => undefined);
  const query = Object.assign(failed, { values: () => query, execute: () => query });
  return query;
}
