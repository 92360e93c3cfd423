// Prepared statements by their text: each is compiled once for a connection.
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { RowShape } from './row-shape.ts';

export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
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
    return this.#statement(sql).all(...values) as unknown as readonly (readonly SQLOutputValue[])[];
  }

  /** The first column of the first row. */
  value(sql: string, ...values: SQLInputValue[]): SQLOutputValue | undefined {
    return (this.#statement(sql).get(...values) as unknown as readonly SQLOutputValue[] | undefined)?.[0];
  }

  /** Rows of a shape; `rest` is what follows `SELECT columns FROM table`. */
  all<Row extends object>(shape: RowShape<Row>, rest: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.values(`SELECT ${shape.select} FROM ${shape.table} ${rest}`, ...values).map((row) =>
      shape.fromValues(row),
    );
  }

  get<Row extends object>(shape: RowShape<Row>, rest: string, ...values: SQLInputValue[]): Row | undefined {
    return this.all(shape, `${rest} LIMIT 1`, ...values)[0];
  }
}
