// The statements that read and write one kind of row, many rows at a time.
//
// Rows go in as one JSON text: measured against one array for each column (unnest), the server did the same work and
// this process half of it.
import type { ColumnType, RowTable } from '@chorale/module-goals';

const sqlTypes: { readonly [Type in ColumnType]: string } = {
  text: 'text COLLATE "C"',
  int: 'integer',
  long: 'bigint',
  real: 'double precision',
  flag: 'boolean',
  // As text, because a JSON null inside a record would become an SQL NULL.
  json: 'text',
};

export class RowShape<Row extends object> {
  readonly table: string;
  readonly select: string;
  readonly insert: string;
  /** Inserts, or replaces the row with the same key. */
  readonly put: string;
  /** Deletes the rows with the keys. */
  readonly drop: string;
  readonly #columns: RowTable<Row>['columns'];
  readonly #keys: number;
  readonly #mend: ((row: Row) => Row) | undefined;
  /**
   * A row of nulls, to be copied and filled. An object that is given more than a dozen fields by computed names becomes a hash table
   * in V8, which costs several times as much to read, copy and write; one that was parsed from JSON does not.
   */
  readonly #blank: Record<string, unknown>;

  /** `mend` makes the row of the engine where the table's says more. */
  constructor({ table, columns, keys }: RowTable<Row>, mend?: (row: Row) => Row) {
    this.#mend = mend;
    this.table = table;
    this.#columns = columns;
    this.#keys = keys;
    this.#blank = JSON.parse(JSON.stringify(Object.fromEntries(columns.map(({ field }) => [field, null]))));
    this.select = columns
      .map(({ column, type }) => (type === 'json' ? `${table}.${column}::text` : `${table}.${column}`))
      .join(', ');
    const values = columns
      .map(({ column, type }) => (type === 'json' ? `r.${column}::json` : `r.${column}`))
      .join(', ');
    const names = columns.map(({ column }) => column);
    this.insert = `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values} FROM ${this.recordset(names)}`;
    const set = names.slice(keys).map((name) => `${name} = excluded.${name}`);
    this.put = `${this.insert} ON CONFLICT (${names.slice(0, keys).join(', ')}) DO UPDATE SET ${set.join(', ')}`;
    const keyNames = names.slice(0, keys);
    const same = keyNames.map((name) => `x.${name} = r.${name}`).join(' AND ');
    // Each key looks for its row by the index, whatever the planner knows of the table.
    const found = `SELECT x.ctid FROM ${this.recordset(keyNames)}
      CROSS JOIN LATERAL (SELECT ctid FROM ${table} x WHERE ${same} LIMIT 1) AS x`;
    this.drop = `DELETE FROM ${table} USING (${found}) AS f WHERE ${table}.ctid = f.ctid`;
  }

  /** Replaces the named columns in rows that exist. */
  update(names: readonly string[]): string {
    const keys = this.#columns.slice(0, this.#keys).map(({ column }) => column);
    const json = new Set(this.#columns.filter(({ type }) => type === 'json').map(({ column }) => column));
    const set = names.map((name) => `${name} = r.${name}${json.has(name) ? '::json' : ''}`).join(', ');
    const where = keys.map((key) => `${this.table}.${key} = r.${key}`).join(' AND ');
    return `UPDATE ${this.table} SET ${set} FROM ${this.recordset([...keys, ...names])} WHERE ${where}`;
  }

  recordset(names: readonly string[]): string {
    return `json_to_recordset($1::text::json) AS r(${this.typed(names)})`;
  }

  /** For the list of a record's columns. */
  typed(names: readonly string[]): string {
    const types = new Map(this.#columns.map(({ column, type }) => [column, sqlTypes[type]]));
    return names.map((name) => `${name} ${types.get(name)}`).join(', ');
  }

  /** A row as a record that `typed` reads: what is null is not in it, and what is JSON is text in it. */
  packed(names: readonly string[]): string {
    const json = new Set(this.#columns.filter(({ type }) => type === 'json').map(({ column }) => column));
    const fields = names.map((name) => `'${name}', ${this.table}.${name}${json.has(name) ? '::text' : ''}`);
    return `json_strip_nulls(json_build_object(${fields.join(', ')}))`;
  }

  /** Of all columns but these. */
  namesBut(...left: readonly string[]): readonly string[] {
    return this.#columns.map(({ column }) => column).filter((column) => !left.includes(column));
  }

  /** The rows as the parameter of `insert`, `put` or `update`; with `names`, only those columns and the key. */
  toParameter(rows: readonly Row[], names?: ReadonlySet<string>): string {
    const columns =
      names === undefined
        ? this.#columns
        : this.#columns.filter(({ column }, index) => index < this.#keys || names.has(column));
    return JSON.stringify(rows.map((row) => toRecord(row as Record<string, unknown>, columns)));
  }

  fromValues(values: readonly unknown[]): Row {
    const row = { ...this.#blank };
    for (let index = 0; index < this.#columns.length; index++) {
      const { field, type } = this.#columns[index]!;
      const value = values[index];
      if (value === null || value === undefined) row[field] = undefined;
      else row[field] = type === 'json' ? JSON.parse(value as string) : value;
    }
    return this.#mend === undefined ? (row as Row) : this.#mend(row as Row);
  }
}

function toRecord(row: Record<string, unknown>, columns: RowTable<object>['columns']): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { column, field, type } of columns) {
    const value = row[field];
    if (value !== undefined) record[column] = type === 'json' ? JSON.stringify(value) : value;
  }
  return record;
}
