import { toErrorRecord } from '@chorale/lib-errors';
import { expect, test } from 'vitest';
import type { Reserve, SpendStore } from './spend.ts';
import { amount, north, type SpendHarness } from './spend-store-harness.contract.ts';
import type { CurrentSpend } from './spend-store.contract.ts';

const reservers = 64;
const callsEach = 8;

export function describeConcurrency(current: CurrentSpend): void {
  test('[SL13] 64 that spend from one budget at once never pass its limit, and nothing is lost or doubled', async () => {
    const h = current();
    const limit = 1_000;
    await h.budget({ limit: { cost: limit } });
    await h.budget({ scope: 'key', subject: 'key_0', limit: { cost: limit } });
    const seen = await Promise.all(Array.from({ length: reservers }, (_, index) => spend(h, index)));
    const spent = seen.flat().reduce((sum, used) => sum + used, 0);
    const ofKey = seen.flatMap((used, index) => (index % 2 === 0 ? used : [])).reduce((sum, used) => sum + used, 0);
    expect(await h.costs()).toEqual({ 'tenant total': `${spent}/0`, 'key total': `${ofKey}/0` });
    expect(spent).toBeLessThanOrEqual(limit);
    // What is left is less than the least that was asked for.
    expect(limit - spent).toBeLessThan(20);
  });

  test('[SL13] of 64 reservations at once exactly those that fit are taken', async () => {
    const h = current();
    await h.budget({ limit: { calls: 40 } });
    const commands = Array.from({ length: reservers }, () => h.reservation(0, { amount: amount(1, 1, 1) }));
    const outcomes = await Promise.allSettled(commands.map((command, index) => storeOf(h, index).execute(command)));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refusals.map((reason) => toErrorRecord(reason).code)).toEqual(Array(24).fill('budget-exhausted'));
    expect(await h.store.listBudgets(north)).toMatchObject([{ reserved: amount(40, 40, 40) }]);
  });

  test('[SL13] calls with budgets in common, taken in any order, do not stand in each other’s way', async () => {
    const h = current();
    for (const scope of ['key', 'goal', 'agent'] as const)
      for (const subject of ['a', 'b', 'c']) await h.budget({ scope, subject, limit: { calls: 10_000 } });
    const names = ['a', 'b', 'c'] as const;
    const one = async (index: number): Promise<void> => {
      const [key, goal, agent] = [names[index % 3], names[(index * 7) % 3], names[(index * 5 + 1) % 3]];
      const command = h.reservation(1, { subjects: { key: key!, goal: goal!, agent: agent! } });
      await storeOf(h, index).execute(command);
      await settle(storeOf(h, index + 1), command, 1);
    };
    await Promise.all(Array.from({ length: 200 }, (_, index) => one(index)));
    const budgets = await h.store.listBudgets(north);
    const sumOf = (scope: string) =>
      budgets.filter((budget) => budget.scope === scope).reduce((sum, { spent }) => sum + spent.cost, 0);
    expect([sumOf('key'), sumOf('goal'), sumOf('agent')]).toEqual([200, 200, 200]);
  });

  test('[SL15] a command that is refused does not hurt those sent with it', async () => {
    const h = current();
    await h.budget({ limit: { cost: 10 } });
    const good = h.reservation(4);
    const commands = [good, h.reservation(20), h.reservation(-1), h.reservation(6)];
    const outcomes = await Promise.allSettled([
      ...commands.map((command) => h.store.execute(command)),
      settle(h.store, good, 5),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await h.costs()).toEqual({ 'tenant total': '5/6' });
  });
}

function storeOf({ opened: { stores } }: SpendHarness, index: number): SpendStore {
  return stores[index % stores.length]!;
}

function settle(store: SpendStore, { tenantId, reservationId }: Reserve, cost: number): Promise<unknown> {
  const used = { command: 'settle', tenantId, reservationId, amount: amount(cost), record: undefined } as const;
  return store.execute(used);
}

/** Reserves and settles until it is told that nothing is left; gives what each call was charged. */
async function spend(h: SpendHarness, index: number): Promise<readonly number[]> {
  const used: number[] = [];
  for (let count = 0; count < callsEach; count++) {
    const asked = 3 + ((index + count) % 17);
    const command = h.reservation(asked, { subjects: { key: `key_${index % 2}` } });
    try {
      await storeOf(h, index).execute(command);
    } catch (error) {
      if (toErrorRecord(error).code === 'budget-exhausted') continue;
      throw error;
    }
    const cost = asked - (count % 3);
    await settle(storeOf(h, index + count), command, cost);
    used.push(cost);
  }
  return used;
}
