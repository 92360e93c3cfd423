// What lies ready of one caller's prepaid reservations, and how many should: by how quickly its calls come, how large
// they are, and what its budgets have left.

import type { TenantId } from '@chorale/lib-ids';
import { amountKinds } from './spend-amount.ts';
import type { Amount, BudgetState, ReservationId, Reserve } from './spend.ts';

export interface Prepaid {
  readonly reservationId: ReservationId;
  readonly amount: Amount;
}

interface Ready extends Prepaid {
  readonly madeAt: number;
  readonly expiresAt: number;
}

export interface PrepaidPool {
  readonly tenantId: TenantId;
  /** Oldest first. */
  ready: Ready[];
  /** On their way to the store. */
  making: number;
  /** Changes when all is given back: what is on its way then is not kept. */
  generation: number;
  /** After a refusal nothing is made for a while. */
  quietUntil: number;
  windowStartedAt: number;
  calls: number;
  callsBefore: number;
  /** The largest and the longest of the window. */
  most: Amount;
  lastsMs: number;
}

export const freshMs = 1_000;
export const nothing: Amount = { cost: 0, tokens: 0, calls: 0 };

const windowMs = 250;
const readyMax = 32;
/** Of the calls of a window. */
const readyShare = 1 / 4;
/** For fewer a commit each is cheap enough. */
const readyLeast = 4;
/** Of what a budget has left. */
const budgetShare = 1 / 50;

export function emptyPool(tenantId: TenantId): PrepaidPool {
  const window = { windowStartedAt: 0, calls: 0, callsBefore: 0, most: nothing, lastsMs: 0 };
  return { tenantId, ready: [], making: 0, generation: 0, quietUntil: 0, ...window };
}

export function countCall(pool: PrepaidPool, { amount, expiresAt }: Reserve, now: number): void {
  const since = now - pool.windowStartedAt;
  if (since >= windowMs) {
    pool.callsBefore = since < 2 * windowMs ? pool.calls : 0;
    pool.calls = 0;
    pool.windowStartedAt = now;
    pool.most = nothing;
    pool.lastsMs = 0;
  }
  pool.calls++;
  const most = (kind: keyof Amount): number => Math.ceil(Math.max(pool.most[kind], amount[kind]));
  pool.most = { cost: most('cost'), tokens: most('tokens'), calls: most('calls') };
  pool.lastsMs = Math.max(pool.lastsMs, expiresAt - now);
}

/** The oldest, when it is fresh, large enough and lasts long enough. */
export function takeReady(pool: PrepaidPool, { amount, expiresAt }: Reserve, now: number): Prepaid | undefined {
  const [first] = pool.ready;
  if (first === undefined || now - first.madeAt >= freshMs || first.expiresAt < expiresAt) return undefined;
  return amountKinds.every((kind) => first.amount[kind] >= amount[kind]) ? pool.ready.shift() : undefined;
}

/** How many are to be made now: none while half of what should lie ready is there. */
export function countMissing(
  pool: PrepaidPool,
  subjects: Reserve['subjects'],
  budgets: readonly BudgetState[],
): number {
  const { calls, callsBefore, most } = pool;
  let target = Math.min(readyMax, Math.floor(Math.max(calls, callsBefore) * readyShare));
  for (const { scope, subject, limit, spent, reserved } of budgets) {
    if (scope !== 'tenant' && subjects[scope] !== subject) continue;
    for (const kind of amountKinds) {
      const limited = limit[kind];
      if (limited === undefined || most[kind] === 0) continue;
      const left = Math.max(0, limited - spent[kind] - reserved[kind]);
      target = Math.min(target, Math.floor((left * budgetShare) / most[kind]));
    }
  }
  const there = pool.ready.length + pool.making;
  return target < readyLeast || there > target / 2 ? 0 : target - there;
}
