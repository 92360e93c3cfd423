// What tenants have said may go by its age, goes.
//
// Invariants: RB1 a log has an entry before anything goes, and none where nothing does.
import type { TenantId } from '@chorale/lib-ids';
import type { RegisteredTenant } from '@chorale/module-access';
import type { AuditRecorder } from '../audit/audit-recorder.ts';
import { Beat, type BeatPorts } from '../process/beat.ts';
import { ordersOf, type Retention, type RetentionOrder } from './retention.ts';

export interface RetentionBeatPorts extends BeatPorts {
  readonly retention: Retention;
  readonly audit: Pick<AuditRecorder, 'recordChange'>;
  readonly listTenants: () => Promise<readonly Pick<RegisteredTenant, 'tenantId' | 'retention'>[]>;
}

const hourMs = 3_600_000;

export function keepRetention({ retention, audit, listTenants, ...ports }: RetentionBeatPorts): Beat {
  const run = async (order: RetentionOrder): Promise<void> => {
    const { tenantId, kinds, before } = order;
    const planned = await retention.planRetention(order);
    if (kinds.every((kind) => planned[kind] === 0)) return;
    const act = {
      tenantId,
      who: { kind: 'system', id: 'retention' },
      what: 'tenant.erase',
      on: { kind: 'retention', id: kinds.join(' ') },
      detail: { before: new Date(before).toISOString() },
    } as const;
    const counts = await audit.recordChange(act, () => retention.applyRetention(order));
    ports.log.info('what was kept long enough is gone', { tenant: tenantId, ...counts });
  };
  return new Beat(ports, {
    name: 'retention',
    everyMs: hourMs,
    complaint: 'what was kept long enough cannot be deleted',
    async round(isEnding) {
      for (const { tenantId, retention: policy = {} } of await listTenants())
        for (const order of ordersOf(tenantId, policy, ports.clock.now())) {
          if (isEnding()) return;
          // What one tenant has keeps that of no other.
          await run({ ...order, isEnding }).catch((error: unknown) => complainOf(tenantId, error));
        }
    },
  });

  function complainOf(tenantId: TenantId, error: unknown): void {
    ports.log.warn('what a tenant kept long enough cannot be deleted', { tenant: tenantId, error });
  }
}
