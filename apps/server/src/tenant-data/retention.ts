// Deletes what was kept long enough; what would go is said first.
//
// Only what nothing else needs: what happened to a goal stays with it, and memory and the audit log have rules of their own.
import type { TenantId } from '@chorale/lib-ids';
import type { TenantRows } from '@chorale/module-access';
import type { SpendStore } from '@chorale/module-models';

/** By what is kept. */
type Counts = Readonly<Record<string, number>>;

export interface Retention {
  planRetention(tenantId: TenantId, before: number): Promise<Counts>;
  applyRetention(tenantId: TenantId, before: number): Promise<Counts>;
}

export interface RetentionPorts {
  readonly rows: TenantRows;
  readonly spend: Pick<SpendStore, 'execute'>;
}

const callsAtOnce = 1_000;

export function openRetention({ rows, spend }: RetentionPorts): Retention {
  return {
    async planRetention(tenantId, before) {
      const table = (await rows.listTables()).ofTenants.find(({ name }) => name === 'model_calls');
      const calls = table === undefined ? 0 : await rows.countRows(tenantId, table, { column: 'ended_at', before });
      return { 'model-calls': calls };
    },
    async applyRetention(tenantId, before) {
      let calls = 0;
      for (;;) {
        const command = { command: 'drop-calls', tenantId, endedBefore: before, limit: callsAtOnce } as const;
        const { dropped } = await spend.execute(command);
        calls += dropped;
        if (dropped > 0) continue;
        // They expire by themselves, too; none may outlive the call that it answered.
        await spend.execute({ command: 'drop-answers', tenantId, keptBefore: before });
        return { 'model-calls': calls };
      }
    },
  };
}
