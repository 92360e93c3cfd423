export { openSqliteGoalStore, type SqliteOptions } from './open-sqlite-goal-store.ts';
export { SqliteEngine, type BatchResult, type EngineOptions } from './sqlite-engine.ts';
