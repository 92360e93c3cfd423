// Frozen: a later change is a new migration.
//
// When dead rows are taken away, and statistics made anew: after a fixed number of rows, not after a share of a table that grows for
// ever, at whose size a fifth is millions. Small tables that change all the time stay with the server's defaults, which clean them
// after fifty rows. A message changes no index when it is taken: room on its page keeps that from writing one all the same.
// What was measured: docs/decisions/0008-partitions.md.
export const sql = `
DO $do$
DECLARE
  settings CONSTANT text[] := ARRAY[
    ARRAY['messages', '10000', 'fillfactor = 60'],
    ARRAY['mailboxes', '5000', ''],
    ARRAY['steps', '20000', 'fillfactor = 80'],
    ARRAY['event_pages', '50000', ''],
    ARRAY['attempts', '20000', ''],
    ARRAY['plan_versions', '20000', ''],
    ARRAY['approvals', '20000', ''],
    ARRAY['artifacts', '20000', ''],
    ARRAY['model_calls', '20000', ''],
    ARRAY['audit_values', '20000', ''],
    ARRAY['archived_goals', '5000', ''],
    ARRAY['archived_rows', '5000', ''],
    ARRAY['episodes', '20000', ''],
    ARRAY['memories', '20000', ''],
    ARRAY['memory_terms', '50000', ''],
    ARRAY['memory_sketches', '50000', ''],
    ARRAY['memory_sources', '20000', ''],
    ARRAY['identity_records', '5000', '']];
  setting text[];
  place record;
BEGIN
  FOREACH setting SLICE 1 IN ARRAY settings LOOP
    -- A table that is cut has settings in its partitions only.
    FOR place IN SELECT c.relname AS name FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
      WHERE c.relkind = 'r' AND coalesce(i.inhparent, c.oid) = setting[1]::regclass LOOP
      EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = %s, '
        'autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = %s)', place.name, setting[2], setting[2]);
      IF setting[3] <> '' THEN
        EXECUTE format('ALTER TABLE %I SET (%s)', place.name, setting[3]);
      END IF;
    END LOOP;
  END LOOP;
END $do$;
`;
