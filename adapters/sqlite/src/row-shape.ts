// The statements that read and write one kind of row, and how its values are stored.
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Column, RowTable } from '@chorale/module-goals';

export class RowShape<Row extends object> {
  readonly table: string;
  readonly select: string;
  readonly insert: string;
  /** Inserts, or replaces the row with the same key. */
  readonly put: string;
  /** Deletes the row with the key. */
  readonly drop: string;
  readonly #columns: readonly Column[];
  readonly #keys: number;
  /** A row of nulls, to be copied and filled: given its fields one by one, a row becomes a hash table in V8, which is slow. */
  readonly #blank: Record<string, unknown>;

  constructor({ table, columns, keys }: RowTable<Row>) {
    this.table = table;
    this.#columns = columns;
    this.#keys = keys;
    this.#blank = JSON.parse(JSON.stringify(Object.fromEntries(columns.map(({ field }) => [field, null]))));
    this.select = columns.map(({ column }) => `${table}.${column}`).join(', ');
    const places = columns.map(() => '?').join(', ');
    const set = columns.slice(keys).map(({ column }) => `${column} = excluded.${column}`);
    this.insert = `INSERT INTO ${table} (${namesOf(columns)}) VALUES (${places})`;
    const instead = set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')}`;
    this.put = `${this.insert} ON CONFLICT (${namesOf(columns.slice(0, keys))}) DO ${instead}`;
    const where = columns.slice(0, keys).map(({ column }) => `${column} = ?`);
    this.drop = `DELETE FROM ${table} WHERE ${where.join(' AND ')}`;
  }

  /** What `drop` is given. */
  toKey(row: Row): SQLInputValue[] {
    return this.toValues(row).slice(0, this.#keys);
  }

  toValues(row: Row): SQLInputValue[] {
    const fields = row as Record<string, unknown>;
    return this.#columns.map(({ field, type }) => {
      const value = fields[field];
      if (value === undefined) return null;
      if (type === 'json') return JSON.stringify(value);
      if (type === 'flag') return value === true ? 1 : 0;
      return value as SQLInputValue;
    });
  }

  fromValues(values: readonly SQLOutputValue[]): Row {
    const row = { ...this.#blank };
    for (let index = 0; index < this.#columns.length; index++) {
      const { field, type } = this.#columns[index]!;
      const value = values[index];
      if (value === null || value === undefined) row[field] = undefined;
      else if (type === 'json') row[field] = JSON.parse(value as string);
      else if (type === 'flag') row[field] = value === 1;
      else row[field] = value;
    }
    return row as Row;
  }
}

function namesOf(columns: readonly Column[]): string {
  return columns.map(({ column }) => column).join(', ');
}
