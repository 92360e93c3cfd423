// Reservations made ahead while calls come quickly: such a call takes one that is on disk already and waits for no
// commit. Each is a reservation like any other: settled by the call that took it, or given back unused.
//
// Owns:       the ones that no call has taken. A process that dies leaves them to expire: they are charged in full, as
//             those of its calls are. So few lie ready, and only a small share of what the budgets have left.
// Invariants: PR1 one is taken once, by a call of the same subjects that it is large enough for, within `freshMs`.
//             PR2 what is not taken is given back: after `freshMs`, when a budget refuses a call, when the router ends.
//             PR3 nothing lies ready for calls that come slowly.

import { makeId, type Random, type TenantId } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import { createBoundedMap } from './bounded-map.ts';
import type { ModelCallId } from './model-call.ts';
import { countCall, countMissing, emptyPool, freshMs, nothing, takeReady } from './prepaid-pool.ts';
import type { Prepaid, PrepaidPool } from './prepaid-pool.ts';
import type { Settlements } from './settlements.ts';
import type { BudgetState, ReservationId, Reserve, SpendStore } from './spend.ts';

export interface PrepaidReservations {
  /** `wanted` is what would be reserved otherwise; `budgets` as they were seen lately. */
  take(wanted: Reserve, budgets: readonly BudgetState[]): Prepaid | undefined;
  /** Gives back what lies ready and what is on its way; false when there was nothing. */
  giveBack(tenantId?: TenantId): boolean;
}

interface PrepaidWorld {
  readonly spend: Pick<SpendStore, 'execute'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly settlements: Settlements;
}

/** After a refusal. */
const quietMs = 1_000;
const poolsMax = 1_000;

function release({ settlements }: PrepaidWorld, tenantId: TenantId, unused: readonly Prepaid[]): void {
  for (const { reservationId } of unused)
    settlements.add([{ command: 'settle', tenantId, reservationId, amount: nothing, record: undefined }]);
}

async function makeOne(world: PrepaidWorld, pool: PrepaidPool, subjects: Reserve['subjects']): Promise<void> {
  const { clock, random, spend } = world;
  const { generation, tenantId, most: amount } = pool;
  const madeAt = clock.now();
  // What is taken last must last as long as the call that takes it.
  const expiresAt = madeAt + pool.lastsMs + freshMs;
  const reservationId: ReservationId = makeId('resv', madeAt, random);
  const callId: ModelCallId = makeId('call', madeAt, random);
  pool.making++;
  try {
    await spend.execute({ command: 'reserve', tenantId, reservationId, callId, subjects, amount, expiresAt });
    if (pool.generation === generation) pool.ready.push({ reservationId, amount, madeAt, expiresAt });
    else release(world, tenantId, [{ reservationId, amount }]);
  } catch {
    // The call that has to wait for one of its own is told why. Should this one be on disk all the same, it expires.
    pool.quietUntil = clock.now() + quietMs;
  } finally {
    pool.making--;
  }
}

export function createPrepaidReservations(world: PrepaidWorld): PrepaidReservations {
  const { clock, settlements } = world;
  const pools = createBoundedMap<PrepaidPool>(poolsMax);
  /** Those that hold something, or have something on its way. */
  const filled = new Set<PrepaidPool>();
  let stopSweeping: (() => void) | undefined;

  function poolOf({ tenantId, subjects }: Reserve): PrepaidPool {
    const key = `${tenantId} ${subjects.project ?? ''} ${subjects.key ?? ''}`;
    const found = pools.find(key);
    if (found !== undefined) return found;
    const pool = emptyPool(tenantId);
    pools.set(key, pool);
    return pool;
  }

  function sweepLater(): void {
    if (filled.size === 0) stopSweeping?.();
    if (filled.size === 0) stopSweeping = undefined;
    else stopSweeping ??= clock.schedule(freshMs, sweep);
  }

  function sweep(): void {
    stopSweeping = undefined;
    const oldest = clock.now() - freshMs;
    for (const pool of filled) {
      const fresh = pool.ready.filter(({ madeAt }) => madeAt > oldest);
      release(world, pool.tenantId, pool.ready.slice(0, pool.ready.length - fresh.length));
      pool.ready = fresh;
      if (fresh.length === 0 && pool.making === 0) filled.delete(pool);
    }
    sweepLater();
  }

  return {
    take(wanted, budgets) {
      const now = clock.now();
      const pool = poolOf(wanted);
      countCall(pool, wanted, now);
      const taken = takeReady(pool, wanted, now);
      const missing = now < pool.quietUntil ? 0 : countMissing(pool, wanted.subjects, budgets);
      if (missing === 0) return taken;
      filled.add(pool);
      for (let count = 0; count < missing; count++) settlements.follow(makeOne(world, pool, wanted.subjects));
      sweepLater();
      return taken;
    },
    giveBack(tenantId) {
      const theirs = [...filled].filter((pool) => tenantId === undefined || pool.tenantId === tenantId);
      for (const pool of theirs) {
        release(world, pool.tenantId, pool.ready);
        pool.ready = [];
        pool.generation++;
        filled.delete(pool);
      }
      sweepLater();
      return theirs.length > 0;
    },
  };
}
