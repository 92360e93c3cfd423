export { timeoutsDefault, type ConnectOptions, type DatabaseTimeouts } from './connect.ts';
export type { HintCarrier } from './hint-channel.ts';
export { markPostgresRestored, openPostgresGoalStore, type PostgresOptions } from './open-postgres-goal-store.ts';
export type { ReplicaState } from './replica-set.ts';
export { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
