// A connection for one transaction: statements by their text, prepared once, sent without waiting for each other.
import { temporary } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { Sql } from 'postgres';
import { poolOf } from './pool.ts';
import { giveUpAfter, type Reserved } from './reserve.ts';
import type { RowShape } from './row-shape.ts';
import { nameTenants, schedulerRole, tenantRole, tenantsText } from './tenant-roles.ts';

/** Tells when nobody waits any more for what is being asked for just now. */
export type AskedFor = () => AbortSignal | undefined;

/** Whose reads end when nobody waits for them, and by which connection they are ended. */
export interface EndedReads {
  readonly askedFor: AskedFor;
  /** Of the role that connections are opened by: no other may end what they do. */
  readonly by: Sql;
}

export type Rows = readonly (readonly unknown[])[];

const setTenants = `SELECT ${nameTenants('$1')}`;

export class Connection {
  readonly #sql: Reserved | Sql;
  readonly #ended: EndedReads | undefined;
  readonly #answerMs: number;
  /** Those named in this transaction so far. */
  #tenants: ReadonlySet<string> = new Set();

  constructor(sql: Reserved | Sql, ended?: EndedReads) {
    this.#sql = sql;
    this.#ended = ended;
    this.#answerMs = poolOf(sql)?.answerMs ?? 0;
  }

  /** Begins a transaction that sees the rows of these tenants. */
  async begin(tenants: Iterable<TenantId | undefined>): Promise<void> {
    this.#tenants = new Set();
    await together([this.values('BEGIN'), this.see(tenants)]);
  }

  /** From the next statement on, the transaction sees the rows of these tenants as well. */
  async see(tenants: Iterable<TenantId | undefined>): Promise<void> {
    const all = new Set(this.#tenants);
    for (const tenantId of tenants) if (tenantId !== undefined) all.add(tenantId);
    if (all.size === this.#tenants.size) return;
    this.#tenants = all;
    await this.values(setTenants, tenantsText(all));
  }

  /** What `send` sends before it waits sees the rows of all. For who is next and what is due, never for a caller. */
  async asScheduler<T>(send: () => Promise<T>): Promise<T> {
    const [, result] = await together([
      this.values(`SET LOCAL ROLE ${schedulerRole}`),
      send(),
      this.values(`SET LOCAL ROLE ${tenantRole}`),
    ]);
    return result;
  }

  /** Rows as arrays. The statement is sent at once; not awaiting it lets the next one follow without a round trip. */
  values(text: string, ...parameters: readonly (string | number | null)[]): Promise<Rows> {
    return this.send(text, parameters).answer;
  }

  /** For reads alone: one that nobody waits for is ended, and one that was ended in place of another is sent again. */
  protected async read(text: string, parameters: readonly (string | number | null)[]): Promise<Rows> {
    const signal = this.#ended?.askedFor();
    for (let tries = 1; ; tries++) {
      refuseEnded(signal);
      const sent = this.send(text, parameters);
      try {
        return await (signal === undefined ? sent.answer : this.#until(signal, sent));
      } catch (cause) {
        if ((cause as { code?: string }).code !== ended) throw cause;
        refuseEnded(signal);
        const cancelledAt = poolOf(this.#sql)?.cancelledAt ?? -Infinity;
        if (tries >= endedMax || performance.now() - cancelledAt > strayMsMax) throw cause;
      }
    }
  }

  #until(signal: AbortSignal, { query, answer }: Sent): Promise<Rows> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (): void => {
        reject(nobodyWaits());
        void this.#end(query, () => isOver);
      };
      signal.addEventListener('abort', end);
      answer.then(resolve, reject).finally(() => {
        isOver = true;
        signal.removeEventListener('abort', end);
      });
    });
  }

  /**
   * When the server is at it. Not by the driver (postgres.js 3.4.9): what is cancelled while its connection is being made keeps that
   * from ever being used, and a server that cannot be told ends the process.
   */
  async #end(query: SentQuery, isOver: () => boolean): Promise<void> {
    const pool = poolOf(this.#sql);
    const note = (): void => {
      if (pool !== undefined) pool.cancelledAt = performance.now();
    };
    while (!isOver()) {
      if (query.active && query.state !== null) {
        note();
        // Where it cannot be told, the statement goes on to the end of its own limit.
        await this.#ended?.by.unsafe('SELECT pg_cancel_backend($1)', [query.state.pid]).catch(() => undefined);
        note();
      }
      await new Promise((resolve) => setTimeout(resolve, endingMs).unref());
    }
  }

  /** Everything that is asked goes through here. */
  send(text: string, parameters: readonly (string | number | null)[]): Sent {
    const query = this.#sql
      .unsafe(text, [...parameters], { prepare: true })
      .values()
      .execute() as unknown as SentQuery;
    const answer = query.then(withoutHoles);
    const sent = this.#answerMs === 0 ? answer : within(this.#answerMs, answer);
    // Statements are sent ahead of being awaited. When one before it fails nobody may come to await this one.
    sent.catch(() => undefined);
    return { query, answer: sent };
  }

  /** For reads outside of transactions: each statement sees the rows of this tenant alone. */
  of(tenantId: TenantId): Connection {
    return new TenantConnection(this.#sql, tenantId, this.#ended);
  }

  async all<Row extends object>(
    shape: RowShape<Row>,
    rest: string,
    ...parameters: readonly (string | number | null)[]
  ): Promise<readonly Row[]> {
    return await this.allFrom(shape, `${shape.table} ${rest}`, parameters);
  }

  /** `source` is named as the shape's table. */
  async allFrom<Row extends object>(
    shape: RowShape<Row>,
    source: string,
    parameters: readonly (string | number | null)[],
  ): Promise<readonly Row[]> {
    const rows = await this.values(`SELECT ${shape.select} FROM ${source}`, ...parameters);
    return rows.map((row) => shape.fromValues(row));
  }
}

/** Of the driver: where it runs once it was sent, and whether it is the one that the server works on. */
interface SentQuery extends Promise<Rows> {
  readonly state: { readonly pid: number } | null;
  readonly active: boolean;
}

interface Sent {
  readonly query: SentQuery;
  readonly answer: Promise<Rows>;
}

/** Of the server and of the driver: told to end. */
const ended = '57014';
/** A statement that was told to end may be over by then: the one that comes after it on its connection is hit instead. */
const strayMsMax = 2_000;
const endedMax = 4;
const endingMs = 50;

function refuseEnded(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw nobodyWaits();
}

function nobodyWaits(): Error {
  return temporary('time-over', 'nobody waits for this any more', { retryAfterMs: 1_000 });
}

const narrowed = new Map<string, string>();
const narrowedMax = 1_000;

/** One round trip for each read, and nothing left behind in the connection. */
class TenantConnection extends Connection {
  readonly #tenants: string;

  constructor(sql: Reserved | Sql, tenantId: TenantId, ended: EndedReads | undefined) {
    super(sql, ended);
    this.#tenants = tenantsText([tenantId]);
  }

  override values(text: string, ...parameters: readonly (string | number | null)[]): Promise<Rows> {
    const place = parameters.length + 1;
    const key = `${place} ${text}`;
    let narrow = narrowed.get(key);
    if (narrow === undefined) {
      if (narrowed.size >= narrowedMax) narrowed.clear();
      narrow = narrowTo(text, `$${place}`);
      narrowed.set(key, narrow);
    }
    const sent = this.read(narrow, [...parameters, this.#tenants]);
    // As those of others: several are sent together, and one may fail before the rest is awaited.
    sent.catch(() => undefined);
    return sent;
  }
}

/**
 * The tenant is named before the query begins: what is behind LATERAL hangs on a column of what is before it, so that it
 * cannot be evaluated earlier, and each OFFSET 0 keeps the planner from taking the two apart.
 */
function narrowTo(text: string, place: string): string {
  return `SELECT found.* FROM (SELECT ${nameTenants(`${place}::text`)} AS tenant OFFSET 0) AS named
    CROSS JOIN LATERAL (SELECT query.* FROM (${text}) AS query WHERE named.tenant IS NOT NULL OFFSET 0) AS found`;
}

/**
 * postgres.js 3.4.9 goes on counting rows where a statement was cut off in the middle of its own: with the connection, or by a
 * limit of time. The next result on that connection begins with as many that are not there.
 */
function withoutHoles(rows: Rows): Rows {
  return rows.length === 0 || 0 in rows ? rows : rows.filter(() => true);
}

/** The driver holds statements back while there is no server, for as long as there is none. */
function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const giveUp = giveUpAfter(ms);
  return Promise.race([answer, giveUp.promise]).finally(() => giveUp.end());
}

/**
 * Waits for statements that were sent together. The first failure is the cause; those behind it fail only because the
 * transaction is over, and are not left unhandled.
 */
export async function together<T extends readonly unknown[]>(
  promises: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  const settled = await Promise.allSettled<unknown>(promises as readonly Promise<unknown>[]);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
