import { expect, test } from 'vitest';
import type { GoalId } from '@chorale/lib-ids';
import type { BudgetId } from './model-call.ts';
import { amount, north, south } from './spend-store-harness.contract.ts';
import type { CurrentSpend } from './spend-store.contract.ts';

export function describeBudgets(current: CurrentSpend): void {
  describeLimits(current);
  describeWindows(current);
  describeChanges(current);
}

function describeLimits(current: CurrentSpend): void {
  test('[SL1] a reservation up to the limit is taken; one past it is refused with the budget, and leaves no trace', async () => {
    const h = current();
    const { budgetId } = await h.budget({ limit: { cost: 100 } });
    await h.reserve(60);
    await expect(h.reserve(41)).rejects.toMatchObject({
      family: 'refused',
      code: 'budget-exhausted',
      message: expect.stringContaining('of 100, 0 are spent and 60 reserved'),
      data: { budgetId, scope: 'tenant', subject: north, window: 'total', kind: 'cost', limit: 100, reserved: 60 },
    });
    expect(await h.costs()).toEqual({ 'tenant total': '0/60' });
    await h.reserve(40);
    expect(await h.costs()).toEqual({ 'tenant total': '0/100' });
  });

  test.each([
    ['cost', amount(11, 1, 1)],
    ['tokens', amount(1, 11, 1)],
    ['calls', amount(1, 1, 11)],
  ])('[SL1] %s are limited by themselves', async (kind, asked) => {
    const h = current();
    await h.budget({ limit: { cost: 10, tokens: 10, calls: 10 } });
    await expect(h.reserve(0, { amount: asked })).rejects.toMatchObject({ data: { kind, limit: 10 } });
    await h.reserve(0, { amount: amount(10, 10, 10) });
  });

  test('[SL1] of several budgets without room, the one that begins anew last is named', async () => {
    const h = current();
    await h.budget({ window: 'day', limit: { cost: 1 } });
    await h.budget({ window: 'month', limit: { cost: 1 } });
    await expect(h.reserve(2)).rejects.toMatchObject({
      data: { window: 'month', resetsAt: Date.UTC(2027, 1, 1) },
      action: expect.stringContaining('2027-02-01T00:00:00.000Z'),
    });
    await h.budget({ window: 'total', limit: { cost: 1 } });
    await expect(h.reserve(2)).rejects.toMatchObject({ data: { window: 'total' }, action: 'Raise the limit.' });
  });

  test('[SL2] a call counts against the budgets of its tenant, project, key, goal and agent, and against no others', async () => {
    const h = current();
    await h.budget({});
    await h.budget({ scope: 'project', subject: 'payroll' });
    await h.budget({ scope: 'project', subject: 'other', window: 'day', limit: { cost: 1 } });
    await h.budget({ scope: 'key', subject: 'key_1' });
    await h.budget({ scope: 'goal', subject: 'goal_1' });
    await h.budget({ scope: 'agent', subject: 'reviewer', limit: { cost: 10 } });
    await h.budget({ scope: 'key', subject: 'reviewer', window: 'day' });
    await h.budget({ tenantId: south, scope: 'key', subject: 'key_1', limit: { cost: 1 } });
    const subjects = { project: 'payroll', key: 'key_1', goal: 'goal_1' as GoalId, agent: 'reviewer' };
    await h.reserve(8, { subjects });
    await h.reserve(1, { subjects: { key: 'key_1' } });
    await expect(h.reserve(3, { subjects })).rejects.toMatchObject({ data: { scope: 'agent', subject: 'reviewer' } });
    expect(await h.costs()).toEqual({
      'tenant total': '0/9',
      'project total': '0/8',
      'project day': '0/0',
      'key total': '0/9',
      'goal total': '0/8',
      'agent total': '0/8',
      'key day': '0/0',
    });
    expect(await h.costs(south)).toEqual({ 'key total': '0/0' });
  });

  test('[SL3] a kind of which nothing is asked is not looked at: free calls go on when the money is gone', async () => {
    const h = current();
    await h.budget({ limit: { cost: 10, calls: 2 } });
    const paid = await h.reserve(10, { amount: amount(10, 5, 1) });
    await h.settle(paid, amount(25, 5, 1));
    await h.reserve(0, { amount: amount(0, 5, 1) });
    await expect(h.reserve(0, { amount: amount(0, 5, 1) })).rejects.toMatchObject({ data: { kind: 'calls' } });
  });

  test.each([[-1], [0.5], [Number.NaN], [2 ** 53]])('[SL1] an amount of %s is refused', async (cost) => {
    const h = current();
    await h.budget({});
    await expect(h.reserve(cost)).rejects.toMatchObject({ family: 'refused', code: 'amount-invalid' });
    const held = await h.reserve(1);
    await expect(h.settle(held, amount(cost))).rejects.toMatchObject({ code: 'amount-invalid' });
    expect(await h.costs()).toEqual({ 'tenant total': '0/1' });
  });

  test('[SL1] sums that cannot be counted exactly are refused', async () => {
    const h = current();
    await h.budget({ limit: {} });
    await h.reserve(Number.MAX_SAFE_INTEGER - 1);
    await h.reserve(1);
    await expect(h.reserve(1)).rejects.toMatchObject({ code: 'budget-exhausted' });
  });
}

function describeWindows(current: CurrentSpend): void {
  test('[SL4] a day begins anew at midnight UTC, to the millisecond', async () => {
    const h = current();
    await h.budget({ window: 'day', limit: { cost: 10 } });
    h.clock.now = Date.UTC(2027, 0, 15, 23, 59, 59, 999);
    await h.settle(await h.reserve(10), amount(10));
    await expect(h.reserve(1)).rejects.toMatchObject({ data: { resetsAt: Date.UTC(2027, 0, 16), spent: 10 } });
    expect(await h.store.listBudgets(north)).toMatchObject([{ windowStartedAt: Date.UTC(2027, 0, 15) }]);
    h.clock.now += 1;
    expect(await h.store.listBudgets(north)).toMatchObject([
      { windowStartedAt: Date.UTC(2027, 0, 16), spent: amount(0) },
    ]);
    await h.reserve(10);
    await expect(h.reserve(1)).rejects.toMatchObject({ data: { resetsAt: Date.UTC(2027, 0, 17) } });
  });

  test('[SL4] a month begins anew on its first day, whatever its length', async () => {
    const h = current();
    h.clock.now = Date.UTC(2028, 1, 29, 23, 59, 59, 999);
    await h.budget({ window: 'month', limit: { cost: 10 } });
    await h.settle(await h.reserve(10), amount(10));
    await expect(h.reserve(1)).rejects.toMatchObject({ data: { resetsAt: Date.UTC(2028, 2, 1) } });
    h.clock.now += 1;
    await h.settle(await h.reserve(10), amount(10));
    h.clock.now = Date.UTC(2028, 11, 31, 12);
    await h.settle(await h.reserve(10), amount(10));
    await expect(h.reserve(1)).rejects.toMatchObject({ data: { resetsAt: Date.UTC(2029, 0, 1) } });
  });

  test('[SL4] what is reserved carries over into the new window, and is spent there', async () => {
    const h = current();
    await h.budget({ window: 'day', limit: { cost: 10 } });
    await h.settle(await h.reserve(4), amount(4));
    h.clock.now = Date.UTC(2027, 0, 15, 23, 59, 59, 999);
    const held = await h.reserve(6);
    h.clock.now += 1;
    expect(await h.costs()).toEqual({ 'tenant day': '0/6' });
    await expect(h.reserve(5)).rejects.toMatchObject({ code: 'budget-exhausted' });
    await h.settle(held, amount(5));
    expect(await h.costs()).toEqual({ 'tenant day': '5/0' });
  });

  test('[SL4] a total never begins anew, and a clock that lags does not bring an ended window back', async () => {
    const h = current();
    await h.budget({ window: 'total', limit: { cost: 10 } });
    await h.budget({ window: 'day', limit: { cost: 10 } });
    await h.settle(await h.reserve(7), amount(7));
    h.clock.now += 400 * 86_400_000;
    await h.settle(await h.reserve(2), amount(2));
    h.clock.now -= 2 * 86_400_000;
    await h.settle(await h.reserve(1), amount(1));
    expect(await h.costs()).toEqual({ 'tenant total': '10/0', 'tenant day': '3/0' });
  });
}

function describeChanges(current: CurrentSpend): void {
  test('[SL9] a budget put again keeps its id and what it counts, and has the new limits', async () => {
    const h = current();
    const first = await h.budget({ limit: { cost: 10 } });
    await h.settle(await h.reserve(6), amount(6));
    await h.reserve(3);
    const again = await h.budget({ limit: { cost: 20, calls: 5 } });
    expect(again).toEqual({ ...first, limit: { cost: 20, calls: 5 }, spent: amount(6), reserved: amount(3) });
    await h.reserve(11);
    await h.budget({ limit: { cost: 5 } });
    await expect(h.reserve(1)).rejects.toMatchObject({ data: { limit: 5, spent: 6, reserved: 14 } });
    expect(await h.store.listBudgets(north)).toHaveLength(1);
  });

  test('[SL9] a budget made while a call is under way counts what the call uses, and gives back nothing', async () => {
    const h = current();
    const held = await h.reserve(6);
    await h.budget({});
    await h.settle(held, amount(5));
    expect(await h.costs()).toEqual({ 'tenant total': '5/0' });
  });

  test('[SL9] a dropped budget limits nothing, and one made in its place knows nothing of it', async () => {
    const h = current();
    const { budgetId } = await h.budget({ limit: { cost: 10 } });
    const held = await h.reserve(10);
    await h.store.execute({ command: 'drop-budget', tenantId: north, budgetId });
    expect(await h.store.listBudgets(north)).toEqual([]);
    await h.reserve(50);
    await h.budget({ limit: { cost: 10 } });
    const other = await h.reserve(3);
    await h.settle(held, amount(4));
    expect(await h.costs()).toEqual({ 'tenant total': '4/3' });
    await h.settle(other, amount(3));
    expect(await h.costs()).toEqual({ 'tenant total': '7/0' });
  });

  test('[SL9] a budget that is not there is not dropped, nor is that of another tenant', async () => {
    const h = current();
    const { budgetId } = await h.budget({});
    const drop = { command: 'drop-budget', tenantId: south, budgetId } as const;
    await expect(h.store.execute(drop)).rejects.toMatchObject({ family: 'refused', code: 'budget-not-found' });
    await expect(
      h.store.execute({ ...drop, tenantId: north, budgetId: 'budget_none' as BudgetId }),
    ).rejects.toMatchObject({ code: 'budget-not-found' });
    expect(await h.store.listBudgets(north)).toHaveLength(1);
  });

  test('[SL9] a budget that contradicts itself is refused', async () => {
    const h = current();
    const { budgetId } = await h.budget({});
    for (const wrong of [
      { subject: south },
      { limit: { tokens: -1 } },
      { limit: { cost: 1.5 } },
      { budgetId, window: 'day' as const },
    ])
      await expect(h.budget(wrong)).rejects.toMatchObject({ family: 'refused', code: 'budget-invalid' });
    expect(await h.store.listBudgets(north)).toHaveLength(1);
  });
}
