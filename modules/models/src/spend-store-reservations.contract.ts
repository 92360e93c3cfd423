import { expect, test } from 'vitest';
import type { GoalId } from '@chorale/lib-ids';
import type { ReservationId } from './spend.ts';
import { amount, expiryMs, north, south } from './spend-store-harness.contract.ts';
import type { CurrentSpend } from './spend-store.contract.ts';

const dayMs = 86_400_000;

export function describeReservations(current: CurrentSpend): void {
  describeEnds(current);
  describeRepeats(current);
  describeExpiry(current);
  describeLateSettlements(current);
}

function describeEnds(current: CurrentSpend): void {
  test('[SL5] a settlement gives back what was reserved and counts what was used', async () => {
    const h = current();
    await h.budget({ limit: { cost: 100, tokens: 100, calls: 100 } });
    const held = await h.reserve(0, { amount: amount(50, 40, 1) });
    await h.settle(held, amount(20, 30, 1));
    expect(await h.store.listBudgets(north)).toMatchObject([{ spent: amount(20, 30, 1), reserved: amount(0) }]);
  });

  test('[SL5] a call that used more than was reserved is charged all the same, and then nothing more is taken', async () => {
    const h = current();
    await h.budget({ limit: { cost: 10 } });
    await h.settle(await h.reserve(5), amount(12));
    expect(await h.costs()).toEqual({ 'tenant total': '12/0' });
    await expect(h.reserve(1)).rejects.toMatchObject({ data: { spent: 12 } });
  });

  test('[SL5] a settlement of nothing releases the reservation and leaves no call', async () => {
    const h = current();
    await h.budget({});
    const held = await h.reserve(30);
    await h.settle(held, amount(0));
    expect(await h.costs()).toEqual({ 'tenant total': '0/0' });
    expect(await h.store.findCall(north, held.callId)).toBeUndefined();
  });

  test('[SL6] what was never reserved, or by another tenant, is not settled', async () => {
    const h = current();
    const held = await h.reserve(1);
    for (const wrong of [
      { ...held, reservationId: 'reservation_none' as ReservationId },
      { ...held, tenantId: south },
    ]) {
      await expect(h.settle(wrong, amount(1), h.record(held))).rejects.toMatchObject({
        family: 'broken',
        code: 'reservation-not-found',
      });
    }
    expect(await h.store.findCall(north, held.callId)).toBeUndefined();
  });
}

function describeRepeats(current: CurrentSpend): void {
  test('[SL6] a reservation that is repeated because its answer was lost is held once', async () => {
    const h = current();
    await h.budget({ limit: { cost: 10 } });
    const held = h.reservation(6);
    await Promise.all(h.opened.stores.map((store) => store.execute(held)));
    await h.store.execute(held);
    expect(await h.costs()).toEqual({ 'tenant total': '0/6' });
  });

  test('[SL6] a settlement that is repeated because its answer was lost is charged once', async () => {
    const h = current();
    await h.budget({});
    const held = await h.reserve(6);
    const { tenantId, reservationId } = held;
    const settle = { command: 'settle', tenantId, reservationId, amount: amount(4), record: h.record(held) } as const;
    await Promise.all(h.opened.stores.map((store) => store.execute(settle)));
    await h.store.execute(settle);
    expect(await h.costs()).toEqual({ 'tenant total': '4/0' });
  });

  test('[SL6] an id is not used for something else', async () => {
    const h = current();
    await h.budget({});
    const held = await h.reserve(6);
    const ended = { family: 'broken', code: 'reservation-ended' };
    await expect(h.store.execute({ ...held, amount: amount(7) })).rejects.toMatchObject(ended);
    await h.settle(held, amount(4));
    await expect(h.settle(held, amount(5))).rejects.toMatchObject(ended);
    await expect(h.store.execute(held)).rejects.toMatchObject(ended);
    expect(await h.costs()).toEqual({ 'tenant total': '4/0' });
  });

  test('[SL6] what ended is forgotten after a while, and not before a repeat could come', async () => {
    const h = current();
    await h.budget({});
    const held = await h.reserve(6);
    await h.settle(held, amount(4));
    h.clock.now += 10 * 60_000;
    await h.expire();
    await h.settle(held, amount(4));
    h.clock.now += 10 * 60_000;
    await h.expire();
    await expect(h.settle(held, amount(4))).rejects.toMatchObject({ code: 'reservation-not-found' });
    expect(await h.costs()).toEqual({ 'tenant total': '4/0' });
  });
}

function describeExpiry(current: CurrentSpend): void {
  test('[SL7] a reservation whose process is gone is charged in full, once, and recorded as assumed', async () => {
    const h = current();
    await h.budget({});
    const subjects = { key: 'key_1', goal: 'goal_1' as GoalId, agent: 'reviewer' };
    const known = {
      taskNo: 3,
      operation: 'embeddings',
      requested: ['tiny'],
      strategy: 'cost',
      taskClass: 'extract',
      dataClass: 'personal',
      masked: 2,
      deploymentId: 'local/tiny',
      startedAt: h.clock.now - 5,
    } as const;
    const gone = await h.reserve(30, { subjects, known });
    const later = await h.reserve(1, { expiresAt: h.clock.now + 2 * expiryMs });
    h.clock.now += expiryMs - 1;
    expect(await h.expire()).toMatchObject({ charged: 0 });
    h.clock.now += 1;
    expect(await h.expire()).toMatchObject({ charged: 1 });
    expect(await h.expire()).toMatchObject({ charged: 0 });
    expect(await h.costs()).toEqual({ 'tenant total': '30/1' });
    expect(await h.store.findCall(north, gone.callId)).toMatchObject({
      ...known,
      keyId: 'key_1',
      goalId: 'goal_1',
      agent: 'reviewer',
      cost: 30,
      assumed: true,
      endedAt: gone.expiresAt,
      failure: { code: 'call-end-unknown' },
    });
    expect(await h.store.findCall(north, later.callId)).toBeUndefined();
  });

  test('[SL7] the reservations of many processes are charged, however many they are', async () => {
    const h = current();
    await h.budget({ limit: { calls: 1_000 } });
    const all = Array.from({ length: 450 }, () => h.reservation(0, { amount: amount(1, 1, 1) }));
    await Promise.all(all.map((command) => h.store.execute(command)));
    h.clock.now += expiryMs;
    let [charged, rounds, more] = [0, 0, true];
    for (; more; rounds += 1) {
      const reply = await h.store.execute({ command: 'expire-reservations' });
      charged += reply.charged;
      more = reply.more;
    }
    expect({ charged, more: rounds > 1 }).toEqual({ charged: 450, more: true });
    expect(await h.store.listBudgets(north)).toMatchObject([{ spent: amount(450, 450, 450), reserved: amount(0) }]);
  });

  test('[SL7] several that look for what has expired at once charge it once', async () => {
    const h = current();
    await h.budget({});
    await h.reserve(10);
    await h.reserve(10, { subjects: { key: 'k' } });
    h.clock.now += expiryMs;
    await Promise.all(h.opened.stores.map((store) => store.execute({ command: 'expire-reservations' })));
    expect(await h.costs()).toEqual({ 'tenant total': '20/0' });
  });
}

function describeLateSettlements(current: CurrentSpend): void {
  test('[SL8] a settlement after the charge corrects it to what was used, in both directions', async () => {
    const h = current();
    await h.budget({});
    const [less, more] = [await h.reserve(30), await h.reserve(20)];
    h.clock.now += expiryMs;
    await h.expire();
    expect(await h.costs()).toEqual({ 'tenant total': '50/0' });
    await h.settle(less, amount(12), h.record(less, { cost: 12 }));
    expect(await h.costs()).toEqual({ 'tenant total': '32/0' });
    await h.settle(more, amount(25), h.record(more, { cost: 25 }));
    await h.settle(more, amount(25), h.record(more, { cost: 25 }));
    expect(await h.costs()).toEqual({ 'tenant total': '37/0' });
    expect(await h.store.findCall(north, less.callId)).toMatchObject({ cost: 12, assumed: false });
  });

  test('[SL8] a call that was never sent takes its charge and its record back', async () => {
    const h = current();
    await h.budget({});
    const held = await h.reserve(30);
    h.clock.now += expiryMs;
    await h.expire();
    await h.settle(held, amount(0));
    expect(await h.costs()).toEqual({ 'tenant total': '0/0' });
    expect(await h.store.findCall(north, held.callId)).toBeUndefined();
  });

  test('[SL8] a window that has ended since the charge is left as it was, and the next is not touched', async () => {
    const h = current();
    await h.budget({ window: 'day' });
    await h.budget({ window: 'total' });
    const held = await h.reserve(30);
    h.clock.now += expiryMs;
    await h.expire();
    h.clock.now += dayMs;
    await h.settle(await h.reserve(5), amount(5));
    await h.settle(held, amount(12));
    expect(await h.costs()).toEqual({ 'tenant day': '5/0', 'tenant total': '17/0' });
  });

  test('[SL8] a settlement after its time that comes before the charge is an ordinary one', async () => {
    const h = current();
    await h.budget({});
    const held = await h.reserve(30);
    h.clock.now += 2 * expiryMs;
    await h.settle(held, amount(12), h.record(held));
    expect(await h.expire()).toMatchObject({ charged: 0 });
    expect(await h.costs()).toEqual({ 'tenant total': '12/0' });
  });
}
