import type { ErrorRecord } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { ModelCallId, ReservationId, Reserve, Settle } from '@chorale/module-models';
import { expect, test } from 'vitest';
import { SqliteSpendEngine } from './spend-engine.ts';
import { SqliteDatabase } from './sqlite-database.ts';

const tenantId = 'north' as TenantId;
const full: ErrorRecord = { family: 'temporary', code: 'disk-full', message: 'little is left' };

function reserve(id: string): Reserve {
  const [reservationId, callId] = [`reservation_${id}` as ReservationId, `call_${id}` as ModelCallId];
  const amount = { cost: 5, tokens: 5, calls: 1 };
  return { command: 'reserve', tenantId, reservationId, callId, subjects: {}, amount, expiresAt: 9_000 };
}

function settle({ reservationId, amount }: Reserve): Settle {
  return { command: 'settle', tenantId, reservationId, amount, record: undefined };
}

test('[SE6] while the disk is nearly full, what is reserved is settled and expires, and nothing new is reserved', () => {
  let isFull = false;
  let now = 1_000;
  const database = SqliteDatabase.open({ path: ':memory:', whyFull: () => (isFull ? full : undefined) });
  const engine = new SqliteSpendEngine(database, () => now);
  const [first, second] = [reserve('1'), reserve('2')];
  expect(engine.runBatch([first, second]).outcomes).toEqual([{ reply: {} }, { reply: {} }]);
  isFull = true;
  now = 10_000;
  expect(engine.runBatch([reserve('3'), settle(first), { command: 'expire-reservations' }]).outcomes).toEqual([
    { error: full },
    { reply: {} },
    { reply: { charged: 1, more: false } },
  ]);
  isFull = false;
  expect(engine.runBatch([settle(reserve('3'))]).outcomes).toMatchObject([
    { error: { code: 'reservation-not-found' } },
  ]);
  expect(engine.reads.findCall(tenantId, second.callId)).toMatchObject({ assumed: true, cost: 5 });
  database.close();
});
