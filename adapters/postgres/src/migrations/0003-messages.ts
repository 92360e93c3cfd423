// Frozen: a later change is a new migration.
export const sql = `
ALTER TABLE tasks ADD COLUMN messages json;
`;
