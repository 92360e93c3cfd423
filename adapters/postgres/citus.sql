-- Optional: distributes the tables of Chorale over the nodes of a Citus cluster, by tenant. Read docs/operating/citus.md first.
-- Once, on the coordinator, as the owner of the tables, with every process of Chorale stopped:
--   psql --single-transaction --set ON_ERROR_STOP=1 --file citus.sql "$DATABASE"

-- The hash of a key is found before it is known whose key it is. It has 256 bits: that no two keys share one needs no index.
DROP INDEX model_keys_by_hash;
CREATE INDEX model_keys_by_hash ON model_keys (hash);

-- What is the installation's: every node has it.
SELECT create_reference_table('deployment_facts');
SELECT create_reference_table('incarnations');
SELECT create_reference_table('lanes');
SELECT create_reference_table('rates');
SELECT create_reference_table('schema_version');
SELECT create_reference_table('workers');

-- A tenant's rows of all tables are on one node.
SELECT create_distributed_table('goals', 'tenant_id');
SELECT create_distributed_table('approvals', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('archived_approvals', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('archived_goals', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('archived_rows', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('artifacts', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('attempts', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('audit_checkpoints', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('audit_entries', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('audit_logs', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('audit_nodes', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('audit_values', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('budgets', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('data_keys', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('definitions', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('episodes', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('erase_receipts', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('event_pages', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('identity_records', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('learned_quality', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('mailboxes', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memories', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_holds', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_imports', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_scopes', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_sessions', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_sketches', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_sources', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_tenants', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_terms', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('memory_vectors', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('messages', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('model_answers', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('model_calls', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('model_keys', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('model_outcomes', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('outcome_counts', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('plan_versions', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('ready_tasks', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('reservations', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('schedules', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('shares', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('steps', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('subscriptions', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('tasks', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('topics', 'tenant_id', colocate_with => 'goals');
SELECT create_distributed_table('secrets', 'tenant_id', colocate_with => 'goals');
