// The stores of the cluster: parts of one database, each with connections of its own.
import type { GoalStore } from '@chorale/module-goals';
import type { SpendStore } from '@chorale/module-models';
import { openPostgresGoalStore, type PostgresOptions } from './open-postgres-goal-store.ts';
import { openPostgresSpend } from './open-postgres-spend.ts';

export interface PostgresStores {
  /** Closing it closes them all, as `close` does. */
  readonly goals: GoalStore;
  readonly spend: SpendStore;
  close(): Promise<void>;
}

/** @throws `database-unreachable`, `database-too-old`, `schema-too-new`. */
export async function openPostgresStores(options: PostgresOptions): Promise<PostgresStores> {
  // First: it brings the schema to what this program knows.
  const goals = await openPostgresGoalStore(options);
  const { spend, end } = openPostgresSpend(options);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= Promise.all([goals.close(), end()]).then(() => undefined));
  return { goals: { ...goals, close }, spend, close };
}
