// How many mailboxes tenants use, as far as this process knows: counted now and then, and with those it begins itself.
import type { TenantId } from '@chorale/lib-ids';
import { messageLimits, type MessageCommand } from '@chorale/module-messaging';

const countedForMs = 10_000;
const tenantsMax = 10_000;

export class MailboxCounts {
  readonly #counts = new Map<TenantId, { readonly count: number; readonly at: number }>();

  /** Tenants whose mailboxes the batch may add to, and that were not counted lately, or may be refused. */
  stale(commands: readonly MessageCommand[], now: number): readonly TenantId[] {
    const adding = commands.filter(({ command }) => command === 'post-message' || command === 'open-mailbox');
    const tenants = new Set(adding.map(({ tenantId }) => tenantId));
    return [...tenants].filter((tenantId) => {
      const known = this.#counts.get(tenantId);
      if (known === undefined || known.at + countedForMs <= now) return true;
      return known.count + adding.length >= messageLimits.mailboxesMax;
    });
  }

  /** Of these tenants, with what was counted just now. */
  known(tenants: Iterable<TenantId>, counted: ReadonlyMap<TenantId, number>): ReadonlyMap<TenantId, number> {
    return new Map(
      [...new Set(tenants)].map((tenantId) => [
        tenantId,
        counted.get(tenantId) ?? this.#counts.get(tenantId)?.count ?? 0,
      ]),
    );
  }

  note(counts: ReadonlyMap<TenantId, number>, counted: readonly TenantId[], now: number): void {
    if (this.#counts.size > tenantsMax) this.#counts.clear();
    for (const [tenantId, count] of counts) {
      const at = counted.includes(tenantId) ? now : (this.#counts.get(tenantId)?.at ?? now);
      this.#counts.set(tenantId, { count, at });
    }
  }
}
