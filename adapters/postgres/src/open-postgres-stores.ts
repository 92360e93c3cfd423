// The stores of the cluster: parts of one database, each with connections of its own.
import type { AuditStore, IdentityStore, SecretStore, TenantRows } from '@chorale/module-access';
import type { GoalStore } from '@chorale/module-goals';
import type { MemoryStore } from '@chorale/module-memory';
import type { MessageStore } from '@chorale/module-messaging';
import type { SpendStore } from '@chorale/module-models';
import { openPostgresAudit } from './open-postgres-audit.ts';
import { openPostgresGoalStore, type PostgresOptions } from './open-postgres-goal-store.ts';
import { openPostgresIdentity } from './open-postgres-identity.ts';
import { openPostgresMemory } from './open-postgres-memory.ts';
import { openPostgresMessages } from './open-postgres-messages.ts';
import { openPostgresSecrets } from './open-postgres-secrets.ts';
import { openPostgresTenantRows } from './open-postgres-tenant-rows.ts';
import { openPostgresSpend } from './open-postgres-spend.ts';

export interface PostgresStores {
  /** Closing it closes them all, as `close` does. */
  readonly goals: GoalStore;
  readonly spend: SpendStore;
  readonly memory: MemoryStore;
  readonly audit: AuditStore;
  readonly secrets: SecretStore;
  readonly tenantRows: TenantRows;
  readonly messages: MessageStore;
  readonly identity: IdentityStore;
  /** Resolves when the database was restored meanwhile: this process must end. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** @throws `database-unreachable`, `database-too-old`, `schema-too-new`. */
export async function openPostgresStores(options: PostgresOptions): Promise<PostgresStores> {
  // First: it brings the schema to what this program knows.
  const goals = await openPostgresGoalStore(options);
  const spending = openPostgresSpend(options);
  const remembering = openPostgresMemory(options);
  const auditing = openPostgresAudit(options);
  const keeping = openPostgresSecrets(options);
  const gathering = openPostgresTenantRows(options);
  const posting = openPostgresMessages(options);
  const knowing = openPostgresIdentity(options);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= Promise.all([
      goals.close(),
      ...[spending, remembering, auditing, keeping, gathering, posting, knowing].map((part) => part.end()),
    ]).then(() => undefined));
  return {
    goals: { ...goals, close },
    spend: spending.spend,
    memory: remembering.memory,
    audit: auditing.audit,
    secrets: keeping.secrets,
    tenantRows: gathering.tenantRows,
    messages: posting.messages,
    identity: knowing.identity,
    failed: goals.failed,
    close,
  };
}
