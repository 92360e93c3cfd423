import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { temporary } from '@chorale/lib-errors';
import { defaultTenant, makeId } from '@chorale/lib-ids';
import type { BudgetId, SpendStore } from '@chorale/module-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from '../process/log.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import type { Beat } from '../process/beat.ts';
import { expireReservations } from './reservation-expiry.ts';

let clock: ManualClock;
let stores: SqliteStores;
let expiry: Beat;
let lines: string[];

beforeEach(async () => {
  clock = new ManualClock();
  lines = [];
  stores = await openSqliteStores({ path: ':memory:', now: clock.now });
  const budget = {
    tenantId: defaultTenant,
    budgetId: 'budget_1' as BudgetId,
    scope: 'tenant',
    subject: defaultTenant,
    window: 'total',
    limit: { calls: 10_000 },
  } as const;
  await stores.spend.execute({ command: 'put-budget', tenantId: defaultTenant, budget });
});
afterEach(async () => {
  await expiry.stop();
  await stores.close();
});

test('[SC3] what expires is charged at the next beat', async () => {
  await begin();
  await reserve(1, 10_000);
  await clock.pass(9_999);
  expect(await counts()).toEqual({ spent: 0, reserved: 1 });
  await clock.pass(20_001);
  expect(await counts()).toEqual({ spent: 1, reserved: 0 });
  expect(lines.join('')).toContain('what was reserved for them was charged');
});

test('[SC3] what expired before the start is charged at once, however much it is', async () => {
  await reserve(500, 10);
  await clock.pass(10);
  await begin();
  expect(await counts()).toEqual({ spent: 500, reserved: 0 });
});

test('[SC3] a store that does not answer is asked again', async () => {
  let away = true;
  await reserve(1, 10);
  await clock.pass(10);
  await begin({
    execute: ((command: Parameters<SpendStore['execute']>[0]) =>
      away
        ? Promise.reject(temporary('store-away', 'away'))
        : stores.spend.execute(command)) as unknown as SpendStore['execute'],
  });
  expect(lines.join('')).toContain('cannot be charged');
  away = false;
  await clock.pass(30_000);
  expect(await counts()).toEqual({ spent: 1, reserved: 0 });
});

test('[SV2] once drained it has ended and left no timer', async () => {
  await begin();
  await expiry.drain();
  expect(clock.waiting).toBe(0);
});

async function begin(spend: Pick<SpendStore, 'execute'> = stores.spend): Promise<void> {
  const log = openLog({ level: 'debug', format: 'text', now: clock.now, write: (line) => void lines.push(line) });
  expiry = expireReservations(spend, { clock, log });
  void expiry.run();
  await settled();
}

async function reserve(count: number, lifeMs: number): Promise<void> {
  for (let done = 0; done < count; done++) {
    await stores.spend.execute({
      command: 'reserve',
      tenantId: defaultTenant,
      reservationId: makeId<'reservation'>('reservation', clock.now(), Math.random),
      callId: makeId<'model-call'>('call', clock.now(), Math.random),
      subjects: {},
      amount: { cost: 0, tokens: 0, calls: 1 },
      expiresAt: clock.now() + lifeMs,
    });
  }
}

async function counts(): Promise<{ readonly spent: number; readonly reserved: number }> {
  const [budget] = await stores.spend.listBudgets(defaultTenant);
  return { spent: budget?.spent.calls ?? 0, reserved: budget?.reserved.calls ?? 0 };
}
