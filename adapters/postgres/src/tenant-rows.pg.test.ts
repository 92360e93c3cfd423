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
  return {
    rows: stores.tenantRows,
    async plant({ name, columns, key }, tenantId, words) {
      const described = await sql<{ column_name: string; data_type: string }[]>`
        SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ${schema} AND table_name = ${name}`;
      const types = new Map(described.map((row) => [row.column_name, row.data_type]));
      const valueOf = (column: string, word: string, no: number): unknown => {
        if (column === 'tenant_id') return tenantId;
        const type = types.get(column)!;
        if (type === 'text') return word;
        if (type.startsWith('json')) return JSON.stringify(word);
        if (type === 'boolean') return false;
        if (type === 'ARRAY') return '{}';
        return type === 'bytea' ? Buffer.from(word) : no;
      };
      for (const [no, word] of (key.length === 0 ? words.slice(0, 1) : words).entries()) {
        const places = columns.map((_, at) => `$${at + 1}`).join(', ');
        const values = columns.map((column) => valueOf(column, word, no));
        await sql.unsafe(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places})`, values as never[]);
      }
    },
    async close() {
      await stores.close();
      await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
      await sql.end();
    },
  };
});
