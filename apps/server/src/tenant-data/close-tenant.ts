// Nobody of the tenant is let in any more, and its agents have stopped, wherever they run.
import { temporary } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { GoalStore } from '@chorale/module-goals';
import type { Clock } from '@chorale/lib-time';
import type { TenantServices } from '../access/tenant-services.ts';

export interface ClosingPorts {
  readonly tenants: Pick<TenantServices, 'change'>;
  readonly store: Pick<GoalStore, 'listGoals'>;
  readonly clock: Clock;
}

/** Twice as long as stopping takes. */
const stoppedWithinMs = 10_000;
const lookEveryMs = 100;
const goalsAtOnce = 500;

/** @throws temporary `tenant-busy`. */
export async function closeTenant({ tenants, store, clock }: ClosingPorts, tenantId: TenantId): Promise<void> {
  await tenants.change(tenantId, { state: 'suspended', agents: 'stopped' });
  const until = clock.now() + stoppedWithinMs;
  while (await isWorking(store, tenantId)) {
    if (clock.now() > until)
      throw temporary('tenant-busy', `Agents of tenant ${tenantId} do not stop.`, {
        action: 'See which workers answer with `chorale workers`, and try again.',
        retryAfterMs: stoppedWithinMs,
      });
    await new Promise<void>((resolve) => void clock.schedule(lookEveryMs, resolve));
  }
}

async function isWorking(store: ClosingPorts['store'], tenantId: TenantId): Promise<boolean> {
  for (let after: string | undefined; ;) {
    const page = await store.listGoals(tenantId, { limit: goalsAtOnce, ...(after === undefined ? {} : { after }) });
    if (page.items.some(({ tasksRunning }) => tasksRunning > 0)) return true;
    if (page.next === undefined) return false;
    after = page.next;
  }
}
