import { openSqliteStores } from '@chorale/adapter-sqlite';
import { defaultTenant } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import { putConfiguredBudgets } from './configured-budgets.ts';

test('[MD2] a budget of the configuration is one budget, however often the process starts', async () => {
  const { spend, close } = await openSqliteStores({ path: ':memory:' });
  const world = { spend, now: Date.now(), random: Math.random };
  await putConfiguredBudgets([{ scope: 'tenant', window: 'total', usd: 5 }], world);
  const [first] = await spend.listBudgets(defaultTenant);
  await spend.execute({
    command: 'reserve',
    tenantId: defaultTenant,
    reservationId: 'r1' as never,
    callId: 'c1' as never,
    subjects: {},
    amount: { cost: 7, tokens: 1, calls: 1 },
    expiresAt: Date.now() + 60_000,
  });
  await putConfiguredBudgets([{ scope: 'tenant', window: 'total', usd: 6, calls: 10 }], world);
  const budgets = await spend.listBudgets(defaultTenant);
  expect(budgets).toHaveLength(1);
  expect(budgets[0]).toMatchObject({
    budgetId: first?.budgetId,
    limit: { cost: 6_000_000_000, calls: 10 },
    reserved: { cost: 7 },
  });
  await close();
});
