// Frozen: a later change is a new migration.
//
// PostgreSQL is told here when to clean its tables. Both stores count their schemas alike.
export const sql = '';
