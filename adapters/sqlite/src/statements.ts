// Prepared statements by their text: each is compiled once for a connection. Everything that is read or written goes
// through here.
//
// Invariants: PS1 while a tenant is read for, each statement names it, and no row that comes back is another's. SQLite has no
//                 policies of its own; this is where a query that forgot its tenant fails instead of answering.
import { broken } from '@chorale/lib-errors';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { RowShape } from './row-shape.ts';

export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  #tenantId: string | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Reads on behalf of one tenant. */
  within<T>(tenantId: string, read: () => T): T {
    this.#tenantId = tenantId;
    try {
      return read();
    } finally {
      this.#tenantId = undefined;
    }
  }

  #refuseOthers(sql: string, values: readonly SQLInputValue[]): void {
    if (this.#tenantId !== undefined && !(sql.includes('tenant_id') && values.includes(this.#tenantId)))
      throw broken('tenant-not-named', `A read for one tenant asks for rows of any: ${sql}`);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  /** Rows as arrays, in the order of the selected columns. */
  values(sql: string, ...values: SQLInputValue[]): readonly (readonly SQLOutputValue[])[] {
    this.#refuseOthers(sql, values);
    return this.#statement(sql).all(...values) as unknown as readonly (readonly SQLOutputValue[])[];
  }

  /** The first column of the first row. */
  value(sql: string, ...values: SQLInputValue[]): SQLOutputValue | undefined {
    this.#refuseOthers(sql, values);
    return (this.#statement(sql).get(...values) as unknown as readonly SQLOutputValue[] | undefined)?.[0];
  }

  /** Rows of a shape; `rest` is what follows `SELECT columns FROM table`. */
  all<Row extends object>(shape: RowShape<Row>, rest: string, ...values: SQLInputValue[]): readonly Row[] {
    const rows = this.values(`SELECT ${shape.select} FROM ${shape.table} ${rest}`, ...values);
    return rows.map((row) => this.#own(shape.fromValues(row)));
  }

  #own<Row extends object>(row: Row): Row {
    if (this.#tenantId !== undefined && 'tenantId' in row && row.tenantId !== this.#tenantId)
      throw broken('tenant-crossed', 'A read for one tenant found a row of another.');
    return row;
  }

  get<Row extends object>(shape: RowShape<Row>, rest: string, ...values: SQLInputValue[]): Row | undefined {
    return this.all(shape, `${rest} LIMIT 1`, ...values)[0];
  }
}
