// Frozen: a later change is a new migration.
//
// What grows for as long as an installation lives, and is never searched across tenants, is cut by tenant: vacuum, ANALYZE and
// index builds then take an eighth at a time, and a statement that names its tenant reads one partition of each table. Which
// tables, how many parts and what they cost: docs/decisions/0008-partitions.md. For other than eight parts,
// ALTER DATABASE ... SET chorale.partitions = 32 before the first start.
//
// Each table is made anew, filled and swapped in while nobody else writes it. Partitions have row-level security without a
// policy and no grant: they are reached through their table alone, whose policies hold.
export const sql = `
DO $do$
DECLARE
  parts CONSTANT integer := coalesce(nullif(current_setting('chorale.partitions', true), ''), '8');
  name text;
  old oid;
  made text[];
  statement text;
BEGIN
  FOREACH name IN ARRAY ARRAY['event_pages', 'steps', 'model_calls', 'audit_entries', 'audit_nodes', 'audit_values',
    'archived_goals', 'archived_rows'] LOOP
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', name);
    old := name::regclass;
    made := ARRAY(SELECT CASE WHEN k.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
        ELSE format('ALTER TABLE %I ADD CONSTRAINT %I %s', name, k.conname, pg_get_constraintdef(k.oid)) END
      FROM pg_index i LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid
      WHERE i.indrelid = old ORDER BY i.indexrelid);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', name, name || '_whole');
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS) PARTITION BY HASH (tenant_id)', name, name || '_whole');
    FOR part IN 0 .. parts - 1 LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
        name || '_' || part, name, parts, part);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name || '_' || part);
    END LOOP;
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', name, name || '_whole');
    EXECUTE format('DROP TABLE %I', name || '_whole');
    FOREACH statement IN ARRAY made LOOP
      EXECUTE statement;
    END LOOP;
  END LOOP;
END $do$;
`;
