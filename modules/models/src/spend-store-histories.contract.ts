// Random histories against a model that knows nothing of windows, rows or batches: only a list of what was charged when.
import { toErrorRecord } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reserve } from './spend.ts';
import { amount, type SpendHarness } from './spend-store-harness.contract.ts';
import type { CurrentSpend } from './spend-store.contract.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Longer than most moves of the clock, so that what is reserved crosses midnight. */
const lifeMs = 20 * hourMs;
const totalLimit = 120;
const dayLimit = 40;

type Move =
  | { readonly move: 'reserve'; readonly cost: number; readonly withKey: boolean }
  | { readonly move: 'settle' | 'repeat'; readonly which: number; readonly cost: number }
  | { readonly move: 'pass'; readonly hours: number };

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ move: fc.constant('reserve' as const), cost: fc.nat(25), withKey: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      move: fc.constantFrom('settle' as const, 'repeat' as const),
      which: fc.nat(30),
      cost: fc.nat(30),
    }),
  },
  { weight: 2, arbitrary: fc.record({ move: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 15 }) }) },
);

interface Known {
  readonly command: Reserve;
  state: 'held' | 'settled' | 'assumed';
  chargedAt: number;
  charged: number;
}

export function describeHistories(current: CurrentSpend): void {
  test('[SL1, SL4, SL6, SL7, SL8] random histories charge what a list of all charges says', async () => {
    const h = current();
    let runs = 0;
    const checking = fc.assert(
      fc.asyncProperty(fc.array(moves, { minLength: 5, maxLength: 40 }), async (history) => {
        runs += 1;
        await play(h, `tenant-${runs}` as TenantId, history);
      }),
      { numRuns: 25, endOnFailure: true },
    );
    await expect(checking).resolves.toBeUndefined();
  });
}

async function play(h: SpendHarness, tenantId: TenantId, history: readonly Move[]): Promise<void> {
  await h.budget({ tenantId, limit: { cost: totalLimit } });
  await h.budget({ tenantId, scope: 'key', subject: 'k', window: 'day', limit: { cost: dayLimit } });
  const known: Known[] = [];
  for (const move of history) {
    if (move.move === 'pass') await pass(h, known, move.hours);
    else if (move.move === 'reserve') await reserve(h, known, { ...move, tenantId });
    else if (known.length > 0) await settle(h, known[move.which % known.length]!, move);
    const [total, day] = [sums(known, h.clock.now, false), sums(known, h.clock.now, true)];
    expect(await h.costs(tenantId)).toEqual({
      'tenant total': `${total.spent}/${total.reserved}`,
      'key day': `${day.spent}/${day.reserved}`,
    });
  }
}

/** Of all calls, or of what those with the key were charged on this day. */
function sums(
  known: readonly Known[],
  now: number,
  ofDay: boolean,
): { readonly spent: number; readonly reserved: number } {
  let [spent, reserved] = [0, 0];
  for (const { command, state, charged, chargedAt } of known) {
    if (ofDay && command.subjects.key === undefined) continue;
    if (state === 'held') reserved += command.amount.cost;
    else if (!ofDay || Math.floor(chargedAt / dayMs) === Math.floor(now / dayMs)) spent += charged;
  }
  return { spent, reserved };
}

async function reserve(
  h: SpendHarness,
  known: Known[],
  { cost, withKey, tenantId }: { readonly cost: number; readonly withKey: boolean; readonly tenantId: TenantId },
): Promise<void> {
  const [total, day] = [sums(known, h.clock.now, false), sums(known, h.clock.now, true)];
  const fits =
    cost === 0 ||
    (total.spent + total.reserved + cost <= totalLimit && (!withKey || day.spent + day.reserved + cost <= dayLimit));
  const subjects = withKey ? { key: 'k' } : {};
  const command = h.reservation(cost, { tenantId, subjects, expiresAt: h.clock.now + lifeMs });
  const code = await codeOf(h.store.execute(command));
  expect(code).toBe(fits ? undefined : 'budget-exhausted');
  if (fits) known.push({ command, state: 'held', chargedAt: 0, charged: 0 });
}

async function settle(h: SpendHarness, one: Known, { move, cost }: { move: 'settle' | 'repeat'; cost: number }) {
  if (move === 'repeat' && one.state === 'held')
    return expect(await codeOf(h.store.execute(one.command))).toBe(undefined);
  const used = one.state === 'settled' && move === 'repeat' ? one.charged : cost;
  const code = await codeOf(h.settle(one.command, amount(used)));
  if (one.state === 'settled') {
    // Forgotten or not: it is not charged again.
    const expected =
      used === one.charged ? [undefined, 'reservation-not-found'] : ['reservation-ended', 'reservation-not-found'];
    return expect(expected).toContain(code);
  }
  const isForgotten = one.state === 'assumed' && h.clock.now - one.chargedAt >= 7 * dayMs;
  if (isForgotten && code === 'reservation-not-found') return;
  expect(code).toBe(undefined);
  // A late one corrects the charge where it was made.
  if (one.state === 'held') one.chargedAt = h.clock.now;
  one.state = 'settled';
  one.charged = used;
}

async function pass(h: SpendHarness, known: readonly Known[], hours: number): Promise<void> {
  h.clock.now += hours * hourMs;
  while ((await h.store.execute({ command: 'expire-reservations' })).more);
  for (const one of known) {
    if (one.state !== 'held' || one.command.expiresAt > h.clock.now) continue;
    one.state = 'assumed';
    one.charged = one.command.amount.cost;
    one.chargedAt = h.clock.now;
  }
}

async function codeOf(doing: Promise<unknown>): Promise<string | undefined> {
  try {
    await doing;
    return undefined;
  } catch (error) {
    return toErrorRecord(error).code;
  }
}
