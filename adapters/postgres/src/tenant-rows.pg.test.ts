import type { TenantTable } from '@chorale/module-access';
import { describeTenantRows } from '@chorale/module-access/tenant-rows-contract';
import postgres from 'postgres';
import { openPostgresStores } from './open-postgres-stores.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
let opened = 0;

describeTenantRows('PostgreSQL', async () => {
  const schema = `chorale_rows_${process.pid}_${++opened}`;
  const stores = await openPostgresStores({ url, schema });
  const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
  // Past everything that the store would refuse.
  await sql`SET session_replication_role = replica`;
  const insert = async (
    { name, columns }: TenantTable,
    given: Readonly<Record<string, unknown>>,
    no = 0,
  ): Promise<void> => {
    const described = await sql<{ column_name: string; data_type: string }[]>`
      SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ${schema} AND table_name = ${name}`;
    const types = new Map(described.map((row) => [row.column_name, row.data_type]));
    const { word = 'word' } = given;
    const valueOf = (column: string): unknown => {
      const type = types.get(column)!;
      if (column in given) return given[column];
      if (type === 'text') return word;
      if (type.startsWith('json')) return JSON.stringify(word);
      if (type === 'boolean') return false;
      if (type === 'ARRAY') return '{}';
      return type === 'bytea' ? Buffer.from(String(word)) : no;
    };
    const places = columns.map((_, at) => `$${at + 1}`).join(', ');
    await sql.unsafe(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places})`, columns.map(valueOf) as never[]);
  };
  return {
    rows: stores.tenantRows,
    insert,
    async plant(table, tenantId, words) {
      for (const [no, word] of (table.key.length === 0 ? words.slice(0, 1) : words).entries())
        await insert(table, { tenant_id: tenantId, word }, no);
    },
    async close() {
      await stores.close();
      await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
      await sql.end();
    },
  };
});
