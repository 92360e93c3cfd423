// All rows of a tenant, found by the schema of the file.
import { fromErrorRecord, toErrorRecord } from '@chorale/lib-errors';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type {
  EndedGoal,
  OlderThan,
  RowPage,
  RowValues,
  StoreTables,
  TenantRows,
  TenantTable,
} from '@chorale/module-access';
import type { SQLInputValue } from 'node:sqlite';
import { dropUnusedPlans, eraseGoals, listEndedGoals, listHashes } from './ended-goals.ts';
import type { PartRead } from './parts.ts';
import type { PartBatch } from './run-batch.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const erasedAtOnce = 5_000;

interface EraseRows {
  readonly tenantId: TenantId;
  readonly table: TenantTable;
}

interface EraseGoals {
  readonly tenantId: TenantId;
  readonly goalIds: readonly GoalId[];
  readonly endedBefore: number;
}

type Removal = EraseRows | EraseGoals | { readonly tenantId: TenantId; readonly plans: 'unused' };

type ReadMethod = Exclude<keyof TenantRows, 'eraseRows' | 'eraseGoals' | 'dropUnusedPlans'>;

export class SqliteTenantRows {
  readonly #database: SqliteDatabase;
  /** No table comes or goes while the program runs. */
  readonly #tables: StoreTables;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#tables = this.listTables();
  }

  listTables(): StoreTables {
    const { statements } = this.#database;
    const names = statements
      .values(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
      )
      .map(([name]) => name as string);
    const ofTenants: TenantTable[] = [];
    const others: string[] = [];
    for (const name of names) {
      const columns = statements.values('SELECT name, pk FROM pragma_table_info(?) ORDER BY cid', name);
      const key = columns.filter(([, place]) => (place as number) > 0).toSorted((a, b) => Number(a[1]) - Number(b[1]));
      const [named, keyed] = [columns, key].map((rows) => rows.map(([column]) => column as string));
      if (named!.includes('tenant_id'))
        ofTenants.push({ name, columns: named!, key: keyed!.filter((column) => column !== 'tenant_id') });
      else others.push(name);
    }
    return { ofTenants, others };
  }

  readRows(tenantId: TenantId, table: TenantTable, { after, limit }: RowPage): readonly RowValues[] {
    const key = table.key.join(', ');
    const behind = after === undefined ? '' : `AND (${key}) > (${table.key.map(() => '?').join(', ')})`;
    const order = key === '' ? '' : `ORDER BY ${key}`;
    const sql = `SELECT ${table.columns.join(', ')} FROM ${table.name} WHERE tenant_id = ? ${behind} ${order} LIMIT ?`;
    return this.#database.statements.values(sql, tenantId, ...((after ?? []) as SQLInputValue[]), limit);
  }

  countRows(tenantId: TenantId, { name }: TenantTable, older?: OlderThan): number {
    const { where, given } = whereOf(tenantId, older);
    return this.#database.statements.value(`SELECT count(*) FROM ${name} WHERE ${where}`, ...given) as number;
  }

  listEndedGoals(...[tenantId, page]: Parameters<TenantRows['listEndedGoals']>): readonly EndedGoal[] {
    return listEndedGoals(this.#database.statements, tenantId, page);
  }

  listHashes(...[tenantId, page]: Parameters<TenantRows['listHashes']>): object {
    return listHashes(this.#database.statements, this.#tables, { tenantId, ...page });
  }

  runRead({ method, given }: PartRead): unknown {
    return (this[method as ReadMethod] as (...args: unknown[]) => unknown).apply(this, [...given]);
  }

  /** What goes makes room: it is done while the disk is nearly full, too. */
  runBatch(commands: readonly unknown[]): PartBatch {
    const outcomes = (commands as readonly Removal[]).map((command) => {
      try {
        return { reply: this.#database.transact(() => this.#remove(command)) };
      } catch (cause) {
        return { error: toErrorRecord(cause) };
      }
    });
    return { outcomes };
  }

  #remove(command: Removal): unknown {
    if ('table' in command) return this.#erase(command);
    if ('goalIds' in command) return eraseGoals(this.#database, this.#tables, command);
    return dropUnusedPlans(this.#database, command.tenantId);
  }

  #erase({ tenantId, table }: EraseRows): number {
    const { statements } = this.#database;
    const { name, key } = table;
    const some = `(SELECT ${key.join(', ')} FROM ${name} WHERE tenant_id = ? LIMIT ${erasedAtOnce})`;
    const before = this.countRows(tenantId, table);
    if (key.length === 0) statements.run(`DELETE FROM ${name} WHERE tenant_id = ?`, tenantId);
    else
      statements.run(`DELETE FROM ${name} WHERE tenant_id = ? AND (${key.join(', ')}) IN ${some}`, tenantId, tenantId);
    return before - this.countRows(tenantId, table);
  }
}

/** The column is one of the schema's. */
function whereOf(tenantId: TenantId, older?: OlderThan): { readonly where: string; readonly given: SQLInputValue[] } {
  if (older === undefined) return { where: 'tenant_id = ?', given: [tenantId] };
  return { where: `tenant_id = ? AND ${older.column} < ?`, given: [tenantId, older.before] };
}

export function makeTenantRows(
  ask: (request: PartRead) => Promise<unknown>,
  runBatch: (commands: readonly unknown[]) => Promise<PartBatch>,
): TenantRows {
  const read =
    (method: ReadMethod) =>
    (...given: readonly unknown[]) =>
      ask({ method, given }) as Promise<never>;
  const remove = async (command: Removal): Promise<unknown> => {
    const [outcome] = (await runBatch([command])).outcomes;
    if (outcome === undefined || 'error' in outcome) throw fromErrorRecord(outcome!.error);
    return outcome.reply;
  };
  return {
    listTables: read('listTables'),
    readRows: read('readRows'),
    countRows: read('countRows'),
    listEndedGoals: read('listEndedGoals'),
    listHashes: read('listHashes'),
    eraseRows: (tenantId, table) => remove({ tenantId, table }) as Promise<number>,
    eraseGoals: (tenantId, goals) => remove({ tenantId, ...goals }) as Promise<readonly GoalId[]>,
    dropUnusedPlans: (tenantId) => remove({ tenantId, plans: 'unused' }) as Promise<number>,
  };
}
