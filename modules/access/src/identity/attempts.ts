// How often somebody may try to guess.
//
// An attempt is counted before it is looked at, so that a thousand at once are a thousand. Counted is by who tries, not by
// who is tried: an address, and an account from that address. A browser or an address that its user came in from before
// counts by itself; a stranger's attempts delay strangers alone. Nothing is ever locked: delays double, up to a maximum.
//
// Invariants: AT1 nobody's attempts delay a device that is known to belong to the account.
//             AT2 of many attempts at once, no more are looked at than one after the other would be.
import { temporary } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityPorts } from './identity-ports.ts';
import type { IdentityWrite } from './identity-store.ts';
import { shortHash } from './token-text.ts';

export interface AttemptBy {
  readonly tenantId: TenantId;
  /** As it was typed: whether there is such an account makes no difference. */
  readonly login: string;
  readonly address: string;
  /** Named where the account knows it. */
  readonly device?: string;
}

export interface Attempts {
  /** @throws temporary `attempts-too-many`, `attempts-busy`. */
  take(by: AttemptBy): Promise<{ succeeded(): Promise<void> }>;
}

interface Bucket {
  readonly id: string;
  /** Attempts without a delay. */
  readonly free: number;
  readonly delayMsMax: number;
  /** Whether success empties it, or takes back one attempt. */
  readonly empties: boolean;
}

const quietMs = 3_600_000;
const quarterHourMs = 900_000;
const triesMax = 8;

export function openAttempts(ports: Pick<IdentityPorts, 'store' | 'sha256' | 'now'>): Attempts {
  const { store, now } = ports;
  const bucketsOf = ({ login, address, device }: AttemptBy): readonly Bucket[] => {
    const own = { free: 5, delayMsMax: quarterHourMs, empties: true };
    if (device !== undefined) return [{ id: shortHash(ports, 'device', login, device), ...own }];
    return [
      { id: shortHash(ports, 'pair', login, address), ...own },
      { id: shortHash(ports, 'address', address), free: 30, delayMsMax: quarterHourMs, empties: false },
      // Strangers from everywhere together: one guess in half a minute, and no more than that for the next stranger.
      { id: shortHash(ports, 'account', login), free: 50, delayMsMax: 30_000, empties: false },
    ];
  };
  const count = async (tenantId: TenantId, buckets: readonly Bucket[]): Promise<number | undefined> => {
    const found = await Promise.all(buckets.map(({ id }) => store.findRecord(tenantId, 'attempts', id)));
    const writes: IdentityWrite[] = [];
    let blockedUntil = 0;
    for (const [index, { id, free, delayMsMax }] of buckets.entries()) {
      const before = found[index];
      const isFresh = before === undefined || (before.expiresAt ?? 0) <= now();
      const past = isFresh ? { count: 0, blockedUntil: 0 } : before.body;
      blockedUntil = Math.max(blockedUntil, past.blockedUntil);
      const delayMs =
        past.count + 1 < free ? 0 : Math.min(delayMsMax, 1_000 * 2 ** Math.min(30, past.count + 1 - free));
      const body = { count: past.count + 1, blockedUntil: now() + delayMs };
      const version = (before?.version ?? 0) + 1;
      const record = { tenantId, kind: 'attempts' as const, id, version, expiresAt: now() + quietMs + delayMs, body };
      writes.push({ write: before === undefined ? 'add' : 'replace', record });
    }
    if (blockedUntil > now()) return blockedUntil - now();
    return (await store.execute({ command: 'write-identity', tenantId, writes })).done ? 0 : undefined;
  };
  const takeBack = async (tenantId: TenantId, { id, empties }: Bucket): Promise<void> => {
    const found = await store.findRecord(tenantId, 'attempts', id);
    if (found === undefined) return;
    const body = { count: Math.max(0, found.body.count - 1), blockedUntil: 0 };
    const write: IdentityWrite = empties
      ? { write: 'drop', kind: 'attempts', id }
      : { write: 'replace', record: { ...found, version: found.version + 1, body } };
    await store.execute({ command: 'write-identity', tenantId, writes: [write] });
  };
  return {
    async take(by) {
      const { tenantId } = by;
      const buckets = bucketsOf(by);
      for (let tries = 0; tries < triesMax; tries++) {
        const waitMs = await count(tenantId, buckets);
        if (waitMs === undefined) continue;
        if (waitMs > 0) throw tooMany(waitMs);
        return {
          async succeeded() {
            for (const bucket of buckets) await takeBack(tenantId, bucket);
          },
        };
      }
      throw temporary('attempts-busy', 'Too many try to log in at the same time.', { retryAfterMs: 1_000 });
    },
  };
}

function tooMany(retryAfterMs: number): Error {
  return temporary('attempts-too-many', 'There were too many attempts to log in.', {
    action: `Wait ${Math.ceil(retryAfterMs / 1_000)} s, or use a browser that you have logged in with before.`,
    retryAfterMs,
  });
}
