// Frozen: a later change is a new migration.
export const sql = `
ALTER TABLE workers ADD COLUMN process json;
ALTER TABLE workers ADD COLUMN running integer;
`;
