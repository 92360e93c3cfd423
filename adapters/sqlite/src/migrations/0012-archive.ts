// Frozen: a later change is a new migration.
//
// A goal in the archive stays where it is and is marked: the indexes that are searched for work never had what has ended.
export const sql = `
ALTER TABLE goals ADD COLUMN archived_at INTEGER;
CREATE INDEX goals_ended ON goals (finished_at) WHERE finished_at IS NOT NULL AND archived_at IS NULL;
`;
