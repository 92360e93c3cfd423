// Row-level security: which rows a statement sees is decided by the database, whatever the statement asks for.
//
// Two roles, which cannot log in, own nothing and cannot go round the policies:
//   chorale_tenant     sees rows of the tenants that its transaction has named, and none where none are named;
//   chorale_scheduler  sees rows of all: for who is next, what is due, and whose a key is. It serves no caller.
// Every connection but the one that migrates takes one of them when it is opened.
//
// Invariants: TR1 every table with a tenant_id has its policies forced, also on the tables' owner.
//             TR2 partitions have neither a policy nor a grant: the roles reach them through their table alone.
import { refused } from '@chorale/lib-errors';
import type { TransactionSql } from 'postgres';

export const tenantRole = 'chorale_tenant';
export const schedulerRole = 'chorale_scheduler';

/** Takes the tenants of the transaction, as one text. */
export const nameTenants = (place: string): string => `set_config('chorale.tenants', ${place}, true)`;

/** Ids hold no control characters. */
const separator = '\u001F';

export function tenantsText(tenants: Iterable<string>): string {
  return `${separator}${[...tenants].join(separator)}${separator}`;
}

// No comparison that an index could serve: the planner took `tenant_id = ANY (...)` for as good as the whole key, read all rows
// of the tenants, and the engine ended less than half as many tasks. The setting is a query of its own, so that it is read
// once and not for each row.
const isNamed = `strpos((SELECT current_setting('chorale.tenants', true)), E'\\x1f' || tenant_id || E'\\x1f') > 0`;

/** `tables`: all that the migrations make. In the migrations' transaction, on the schema they made them in. */
export async function protectTables(sql: TransactionSql, tables: readonly string[]): Promise<void> {
  await makeRoles(sql);
  const [place] = await sql<{ schema: string }[]>`SELECT quote_ident(current_schema()) AS schema`;
  const roles = `${tenantRole}, ${schedulerRole}`;
  await sql.unsafe(`GRANT USAGE ON SCHEMA ${place!.schema} TO ${roles}`);
  await sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables.join(', ')} TO ${roles}`);
  const open = await sql<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT c.relforcerowsecurity
      AND c.relname IN ${sql([...tables])}`;
  for (const { name } of open)
    await sql.unsafe(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_tenants ON ${name} TO ${tenantRole} USING (${isNamed});
      CREATE POLICY of_all ON ${name} TO ${schedulerRole} USING (true)`);
}

async function makeRoles(sql: TransactionSql): Promise<void> {
  for (const role of [tenantRole, schedulerRole]) {
    try {
      // Roles belong to the whole server: another database may have made it, or be making it now.
      await sql.unsafe(`DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${role}') THEN
          CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
        END IF;
        IF NOT pg_has_role(current_user, '${role}', 'MEMBER') THEN EXECUTE 'GRANT ${role} TO ' || quote_ident(current_user); END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
    } catch (cause) {
      if ((cause as { readonly code?: string }).code !== '42501') throw cause;
      throw refused(
        'database-roles-missing',
        `The database user may not make the role ${role}, which keeps tenants apart.`,
        {
          cause,
          action: `As an administrator: CREATE ROLE ${tenantRole}; CREATE ROLE ${schedulerRole}; GRANT ${tenantRole}, ${schedulerRole} TO the user.`,
        },
      );
    }
  }
}
