// What was learned of each tenant's models, as this process uses it.
//
// Owns:       the versions in use, of the tenants that asked lately.
// Invariants: LB1 nobody waits for it: until it is loaded, and while it cannot be, the counts of outcomes decide.
//             LB2 a version that another process has put is used within `freshMs`.
import type { TenantId } from '@chorale/lib-ids';
import { type LearnedQuality, type SpendStore, unpackQuality } from '@chorale/module-models';

export interface LearnedBook {
  find(tenantId: TenantId): LearnedQuality | undefined;
  /** There is a new version. */
  refresh(tenantId: TenantId): Promise<void>;
}

interface BookWorld {
  readonly spend: Pick<SpendStore, 'findLearned'>;
  readonly now: () => number;
  readonly report: (problem: { readonly what: 'learned-not-read'; readonly error: unknown }) => void;
}

const freshMs = 60_000;
/** Each takes half a megabyte, and as much again for each model. */
const tenantsMax = 32;

interface Slot {
  learned: LearnedQuality | undefined;
  lookedAt: number;
}

export function createLearnedBook({ spend, now, report }: BookWorld): LearnedBook {
  const slots = new Map<TenantId, Slot>();

  function slotOf(tenantId: TenantId): Slot {
    const slot = slots.get(tenantId) ?? { learned: undefined, lookedAt: -Infinity };
    // The one that was asked for longest ago is the first.
    slots.delete(tenantId);
    slots.set(tenantId, slot);
    const [oldest] = slots.keys();
    if (slots.size > tenantsMax && oldest !== undefined) slots.delete(oldest);
    return slot;
  }

  async function refresh(tenantId: TenantId): Promise<void> {
    const slot = slotOf(tenantId);
    slot.lookedAt = now();
    try {
      const row = await spend.findLearned(tenantId, slot.learned?.version ?? 0);
      if (row !== undefined) slot.learned = unpackQuality(row);
    } catch (error) {
      report({ what: 'learned-not-read', error });
    }
  }

  return {
    refresh,
    find: (tenantId) => {
      const slot = slotOf(tenantId);
      if (now() - slot.lookedAt >= freshMs) void refresh(tenantId);
      return slot.learned;
    },
  };
}
