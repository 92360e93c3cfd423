// A connection for one transaction: statements by their text, prepared once, sent without waiting for each other.
import type { ReservedSql, Sql } from 'postgres';
import type { RowShape } from './row-shape.ts';

export type Rows = readonly (readonly unknown[])[];

export class Connection {
  readonly #sql: ReservedSql | Sql;

  constructor(sql: ReservedSql | Sql) {
    this.#sql = sql;
  }

  /** Rows as arrays. The statement is sent at once; not awaiting it lets the next one follow without a round trip. */
  values(text: string, ...parameters: readonly (string | number | null)[]): Promise<Rows> {
    const sent = this.#sql
      .unsafe(text, [...parameters], { prepare: true })
      .values()
      .execute() as unknown as Promise<Rows>;
    // Statements are sent ahead of being awaited. When one before it fails nobody may come to await this one.
    sent.catch(() => undefined);
    return sent;
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
