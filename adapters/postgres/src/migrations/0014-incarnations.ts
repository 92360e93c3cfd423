// Frozen: a later change is a new migration.
export const sql = `
-- One row for each time the database was restored. A process that was opened under an earlier one does nothing any more.
CREATE TABLE incarnations (
  no integer PRIMARY KEY,
  began_at bigint NOT NULL,
  reason text COLLATE "C" NOT NULL
);
ALTER TABLE goals ADD COLUMN restored_in integer;
CREATE INDEX goals_restored ON goals (tenant_id, goal_id) WHERE restored_in IS NOT NULL;
`;
