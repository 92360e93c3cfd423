// Frozen: a later change is a new migration.
export const sql = `
ALTER TABLE reservations ADD COLUMN project TEXT;
`;
