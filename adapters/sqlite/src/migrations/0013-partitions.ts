// Frozen: a later change is a new migration.
//
// PostgreSQL cuts its large tables by tenant here. Both stores count their schemas alike.
export const sql = '';
