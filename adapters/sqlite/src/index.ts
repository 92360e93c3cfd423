export { backUpSqlite, markSqliteRestored, restoreSqlite, type Restored } from './incarnation.ts';
export { openSqliteAuditReader, type AuditReader } from './open-audit-reader.ts';
export { openSqliteGoalStore, openSqliteStores, type SqliteOptions, type SqliteStores } from './open-sqlite-stores.ts';
export { SqliteEngine, type BatchResult, type EngineOptions } from './sqlite-engine.ts';
