// Frozen: a later change is a new migration.
//
// The condition of an index that lists by project always holds: no other query names it, so that none is led there.
export const sql = `
ALTER TABLE goals ADD COLUMN project_id text COLLATE "C" NOT NULL DEFAULT 'default';
ALTER TABLE approvals ADD COLUMN project_id text COLLATE "C" NOT NULL DEFAULT 'default';
ALTER TABLE schedules ADD COLUMN project_id text COLLATE "C" NOT NULL DEFAULT 'default';
DROP INDEX goals_by_key;
CREATE UNIQUE INDEX goals_by_key ON goals (tenant_id, project_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX goals_by_project ON goals (tenant_id, project_id, goal_id) WHERE project_id <> '';
CREATE INDEX approvals_by_project ON approvals (tenant_id, project_id, approval_id) WHERE project_id <> '';
`;
