// All rows of a tenant, found by the schema of the database.
import { fromErrorRecord } from '@chorale/lib-errors';
import type { OlderThan, RowValues, StoreTables, TenantRows, TenantTable } from '@chorale/module-access';
import { connect } from './connect.ts';
import { Connection, together } from './connection.ts';
import { createEndedGoals } from './ended-goals.ts';
import type { PostgresOptions } from './open-postgres-goal-store.ts';
import { storeError } from './postgres-errors.ts';
import { reserve } from './reserve.ts';

const erasedAtOnce = 5_000;

// In the order in which they were made.
const tables = `SELECT c.relname, a.attname, coalesce(array_position(i.indkey::int2[], a.attnum), -1)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  ORDER BY c.oid, a.attnum`;

/** On a database whose schema is the newest. */
export function openPostgresTenantRows(options: PostgresOptions): {
  readonly tenantRows: TenantRows;
  end(): Promise<void>;
} {
  const reader = connect(options, 1, {});
  const writer = connect(options, 1, {});
  const reads = new Connection(reader);
  const listTables = async (): Promise<StoreTables> => tablesOf(await asked(reads.values(tables)));
  const tenantRows: TenantRows = {
    ...createEndedGoals({ reader, writer, listTables }),
    listTables,
    async readRows(tenantId, table, { after = [], limit }) {
      const key = table.key.join(', ');
      const behind = after.length === 0 ? '' : `AND (${key}) > (${table.key.map((_, at) => `$${at + 2}`).join(', ')})`;
      const order = key === '' ? '' : `ORDER BY ${key}`;
      const text = `SELECT ${table.columns.join(', ')} FROM ${table.name} WHERE tenant_id = $1 ${behind} ${order} LIMIT ${limit}`;
      return asked(reads.of(tenantId).values(text, tenantId, ...(after as (string | number)[])));
    },
    async countRows(tenantId, { name }, older) {
      const { where, given } = whereOf(tenantId, older);
      const rows = await asked(reads.of(tenantId).values(`SELECT count(*) FROM ${name} WHERE ${where}`, ...given));
      return Number(rows[0]?.[0]);
    },
    async eraseRows(tenantId, { name, key }) {
      const keys = key.join(', ');
      const some =
        keys === '' ? '' : `AND (${keys}) IN (SELECT ${keys} FROM ${name} WHERE tenant_id = $1 LIMIT ${erasedAtOnce})`;
      const text = `WITH gone AS (DELETE FROM ${name} WHERE tenant_id = $1 ${some} RETURNING 1) SELECT count(*) FROM gone`;
      const reserved = await reserve(writer);
      try {
        const connection = new Connection(reserved);
        const begun = connection.begin([tenantId]);
        const [, rows] = await together([begun, connection.values(text, tenantId), connection.values('COMMIT')]);
        return Number(rows[0]?.[0]);
      } catch (cause) {
        await reserved.unsafe('ROLLBACK').catch(() => undefined);
        throw fromErrorRecord(storeError(cause));
      } finally {
        reserved.release();
      }
    },
  };
  return {
    tenantRows,
    end: async () => void (await Promise.all([reader, writer].map((sql) => sql.end({ timeout: 5 })))),
  };
}

/** The column is one of the schema's. */
function whereOf(tenantId: string, older?: OlderThan): { readonly where: string; readonly given: (string | number)[] } {
  if (older === undefined) return { where: 'tenant_id = $1', given: [tenantId] };
  return { where: `tenant_id = $1 AND ${older.column} < $2`, given: [tenantId, older.before] };
}

async function asked(rows: Promise<readonly RowValues[]>): Promise<readonly RowValues[]> {
  return rows.catch((cause: unknown) => {
    throw fromErrorRecord(storeError(cause));
  });
}

function tablesOf(rows: readonly RowValues[]): StoreTables {
  const ofTenants: TenantTable[] = [];
  const others: string[] = [];
  for (const name of new Set(rows.map(([table]) => table as string))) {
    const columns = rows.filter(([table]) => table === name);
    const named = columns.map(([, column]) => column as string);
    const keyed = columns.filter(([, , place]) => Number(place) >= 0).toSorted((a, b) => Number(a[2]) - Number(b[2]));
    const key = keyed.map(([, column]) => column as string).filter((column) => column !== 'tenant_id');
    if (named.includes('tenant_id')) ofTenants.push({ name, columns: named, key });
    else others.push(name);
  }
  return { ofTenants, others };
}
