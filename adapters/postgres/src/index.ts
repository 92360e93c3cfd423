export { openPostgresGoalStore, type PostgresOptions } from './open-postgres-goal-store.ts';
