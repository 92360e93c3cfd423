import { describe, expect, test } from 'vitest';
import { defaultTenant } from '@chorale/lib-ids';
import { ChoraleError } from '@chorale/lib-errors';
import type { BudgetId, ModelCallId } from './model-call.ts';
import { makeDeployment, makeStage, settled, type Stage } from './router-stage.fixture.ts';
import { openMemorySpendStore } from './spend-memory.fixture.ts';
import type { Budget, Reserve, Settle } from './spend.ts';

const quickMs = 2;
const slowMs = 100;

async function putBudget(stage: Stage, limit: Budget['limit']): Promise<void> {
  const budget = {
    tenantId: defaultTenant,
    budgetId: 'b' as BudgetId,
    scope: 'tenant',
    subject: defaultTenant,
  } as const;
  await stage.spend.execute({
    command: 'put-budget',
    tenantId: defaultTenant,
    budget: { ...budget, window: 'total', limit },
  });
}

/** How many of the calls were answered; the others were refused by the budget. */
async function callOften(stage: Stage, calls: number, everyMs: number): Promise<number> {
  let answered = 0;
  for (let index = 0; index < calls; index++) {
    try {
      await stage.call();
      answered++;
    } catch (error) {
      if (!(error instanceof ChoraleError) || error.code !== 'budget-exhausted') throw error;
    }
    await stage.clock.pass(everyMs);
  }
  return answered;
}

const reservesOf = ({ commands }: Stage): readonly Reserve[] =>
  commands.filter((command) => command.command === 'reserve');
const settlesOf = ({ commands }: Stage): readonly Settle[] =>
  commands.filter((command) => command.command === 'settle');
/** The stage counts its calls; ids that were made ahead are longer. */
const madeFor = (stage: Stage): number =>
  reservesOf(stage).filter(({ callId }) => /^call_\d{1,4}$/.test(callId)).length;

const oneDeployment = { deployments: [makeDeployment('a/a')] };

describe('reservations made ahead', () => {
  test('[RT38] quick calls take them, each ends once, and nothing stays reserved', async () => {
    const stage = makeStage(oneDeployment);
    await putBudget(stage, { cost: Number.MAX_SAFE_INTEGER, calls: 1_000_000 });
    await callOften(stage, 300, quickMs);
    await stage.router.drain();
    expect(madeFor(stage)).toBeLessThan(150);
    const ended = settlesOf(stage).map(({ reservationId }) => reservationId);
    expect(new Set(ended).size).toBe(ended.length);
    expect(new Set(ended)).toEqual(new Set(reservesOf(stage).map(({ reservationId }) => reservationId)));
    const [budget] = await stage.spend.listBudgets(defaultTenant);
    expect(budget).toMatchObject({ reserved: { cost: 0, tokens: 0, calls: 0 }, spent: { calls: 300 } });
    expect(stage.clock.waiting).toBe(0);
  });

  test('[RT38] a call without one has its own, and calls that come slowly all do', async () => {
    const stage = makeStage(oneDeployment);
    await callOften(stage, 50, slowMs);
    await stage.router.drain();
    expect(madeFor(stage)).toBe(50);
    expect(reservesOf(stage)).toHaveLength(50);
  });

  test('[RT38] what no call takes is given back within two seconds', async () => {
    const stage = makeStage(oneDeployment);
    await putBudget(stage, { calls: 1_000_000 });
    await callOften(stage, 100, quickMs);
    await stage.clock.pass(2_100);
    const [budget] = await stage.spend.listBudgets(defaultTenant);
    expect(budget).toMatchObject({ reserved: { calls: 0 }, spent: { calls: 100 } });
  });

  test('[RT38] a budget lets through as many calls as without them, and never one more', async () => {
    for (const calls of [1, 40, 100, 333, 1_000]) {
      const stage = makeStage(oneDeployment);
      await putBudget(stage, { calls });
      expect(await callOften(stage, calls + 50, quickMs)).toBe(calls);
      await stage.router.drain();
      const [budget] = await stage.spend.listBudgets(defaultTenant);
      expect(budget).toMatchObject({ reserved: { calls: 0 }, spent: { calls } });
    }
  });

  test('[RT38] they are at most a fiftieth of what a budget has left', async () => {
    const stage = makeStage(oneDeployment);
    await putBudget(stage, { calls: 1_000 });
    let most = 0;
    for (let index = 0; index < 300; index++) {
      await stage.call();
      await stage.clock.pass(quickMs);
      const [budget] = await stage.spend.listBudgets(defaultTenant);
      most = Math.max(most, budget?.reserved.calls ?? 0);
    }
    // Besides those of calls whose settlement is gathered for 20 ms.
    expect(most).toBeLessThanOrEqual(20 + Math.ceil(20 / quickMs));
    expect(most).toBeGreaterThan(4);
  });

  test('[RT38] calls of goals and agents have their own, under their id', async () => {
    const stage = makeStage(oneDeployment);
    const before = reservesOf(stage).length;
    for (let index = 0; index < 200; index++) {
      await stage.call({ context: { agent: 'writer', callId: `call_${index}` as ModelCallId } });
      await stage.clock.pass(quickMs);
    }
    expect(reservesOf(stage).slice(before)).toHaveLength(200);
    expect(madeFor(stage)).toBe(200);
  });

  test('[RT38] a store that refuses them keeps no call from being made', async () => {
    let refusals = 0;
    const store = openMemorySpendStore(() => stage.clock.now());
    const stage: Stage = makeStage({
      ...oneDeployment,
      ports: {
        spend: {
          ...store,
          execute: async (command) => {
            if (command.command !== 'reserve' || command.known !== undefined) return store.execute(command);
            refusals++;
            throw new Error('no');
          },
        },
      },
    });
    expect(await callOften(stage, 200, quickMs)).toBe(200);
    await settled();
    expect(refusals).toBeGreaterThan(0);
    expect(refusals).toBeLessThan(100);
  });
});

test('[RT39] settlements of quick calls go together, at most 20 ms later; the first after a pause goes at once', async () => {
  const stage = makeStage(oneDeployment);
  await stage.call();
  await settled();
  expect(settlesOf(stage)).toHaveLength(1);
  await stage.call();
  await stage.call();
  await settled();
  expect(settlesOf(stage)).toHaveLength(1);
  await stage.clock.pass(20);
  expect(settlesOf(stage)).toHaveLength(3);
  await stage.clock.pass(1_000);
  await stage.call();
  await settled();
  expect(settlesOf(stage)).toHaveLength(4);
});
