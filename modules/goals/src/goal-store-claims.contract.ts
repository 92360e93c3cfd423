// Claims: leases, takeover, limits, labels, classes, fairness.
import type { TenantId } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import { leaseMs, plan, tenant, tool, type Harness } from './goal-store-harness.contract.ts';
import type { EngineLimits } from './goal-store.ts';

const limits: EngineLimits = { lanes: [], tenantWeights: {}, agingMs: 60_000, cancelGraceMs: 10_000, lossesMax: 2 };
const wide = (count: number, more = {}) =>
  plan(...Array.from({ length: count }, (_, index) => tool(`t${index}`, [], more)));

export function describeClaims(current: () => Harness): void {
  describe('claims', () => {
    describeLeases(current);
    describeLosses(current);
    describeLimits(current);
    describeOrder(current);
  });
}

function describeLeases(current: () => Harness): void {
  test('[L1] no task is given twice, however many ask at once', async () => {
    const h = current();
    await h.submit(wide(40));
    const workers = await Promise.all(Array.from({ length: 8 }, () => h.worker()));
    const claims = await Promise.all(workers.map((workerId) => h.claim(workerId, 10)));
    const later = await Promise.all(workers.map((workerId) => h.claim(workerId, 40)));
    const keys = [...claims, ...later].flat().map(({ task }) => task.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe(40);
  });

  test('[T1] a worker that does not know what a claim gave can ask what it holds', async () => {
    const h = current();
    const id = await h.submit(wide(3));
    const [workerId, other] = [await h.worker(), await h.worker()];
    const [first, second] = await h.claim(workerId, 2);
    await h.claim(other, 1);
    await h.succeed(first!);
    const held = [{ tenantId: tenant, goalId: id, taskNo: second!.task.no, attempt: 1 }];
    expect(await h.store.listHeld(workerId)).toEqual(held);
  });

  test('[L2] [L3] [T10] when a lease is over its tasks go to another worker, and its late result is refused', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a')));
    const lost = await h.worker();
    const [first] = await h.claim(lost);
    await h.pass(leaseMs - 1);
    expect(await h.task(id, 'a')).toMatchObject({ state: 'running', workerId: lost });
    await h.pass(1);
    expect(await h.task(id, 'a')).toMatchObject({ state: 'ready', losses: 1, run: 1 });
    await expect(h.store.execute({ command: 'heartbeat', workerId: lost, leaseMs })).rejects.toMatchObject({
      code: 'worker-lease-lost',
    });
    await expect(h.claim(lost)).rejects.toMatchObject({ code: 'worker-lease-lost' });
    const [second] = await h.claim(await h.worker());
    expect(second!.task).toMatchObject({ attempt: 2, run: 1 });
    await expect(h.succeed(first!)).rejects.toMatchObject({ code: 'lease-lost' });
    await h.succeed(second!);
    expect((await h.store.listAttempts(tenant, id)).map(({ outcome }) => outcome)).toEqual(['lost', 'succeeded']);
  });

  test('[L2] heartbeats keep a lease', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a')));
    const workerId = await h.worker();
    await h.claim(workerId);
    for (let beat = 0; beat < 5; beat++) {
      await h.pass(leaseMs - 1);
      await h.store.execute({ command: 'heartbeat', workerId, leaseMs });
    }
    expect(await h.task(id, 'a')).toMatchObject({ state: 'running', workerId });
  });
}

function describeLosses(current: () => Harness): void {
  test('[T10] a task that keeps losing its workers fails', async () => {
    const h = current();
    await h.store.configure(limits);
    const id = await h.submit(plan(tool('a')));
    for (let round = 0; round < 3; round++) {
      await h.claim(await h.worker());
      await h.pass(leaseMs);
    }
    expect(await h.task(id, 'a')).toMatchObject({ state: 'failed', failure: { code: 'worker-lost-too-often' } });
  });

  test('a task handed back goes on with another worker without a loss', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a')));
    await h.finish((await h.claim(await h.worker()))[0]!, { outcome: 'handed-back' });
    expect(await h.task(id, 'a')).toMatchObject({ state: 'ready', losses: 0, run: 1 });
  });
}

function describeLimits(current: () => Harness): void {
  test('[C1] a queue runs no more than its limit, whoever asks and however often', async () => {
    const h = current();
    await h.store.configure({ ...limits, lanes: [{ scope: 'queue:narrow', maxRunning: 3 }] });
    await h.submit(wide(10, { queue: 'narrow' }));
    await h.submit(wide(2));
    const workers = await Promise.all([h.worker(), h.worker(), h.worker()]);
    const claimed = (await Promise.all(workers.map((workerId) => h.claim(workerId)))).flat();
    const narrow = claimed.filter(({ task }) => task.lane === 'narrow');
    expect([narrow.length, claimed.length]).toEqual([3, 5]);
    await h.succeed(narrow[0]!);
    expect((await h.claim(workers[0])).length).toBe(1);
  });

  test('[C1] lanes of one queue share its limit within one claim', async () => {
    const h = current();
    await h.store.configure({ ...limits, lanes: [{ scope: 'queue:narrow', maxRunning: 1 }] });
    const narrow = { queue: 'narrow' };
    await h.submit(plan(tool('a', [], narrow), tool('b', [], { ...narrow, requires: ['gpu'] })));
    expect((await h.claim(await h.worker(['gpu']))).length).toBe(1);
  });

  test('[C1] a rate limit lets so many start, and more as time passes', async () => {
    const h = current();
    await h.store.configure({ ...limits, lanes: [{ scope: 'queue:default', ratePerSecond: 2, burst: 4 }] });
    await h.submit(wide(10));
    const workerId = await h.worker();
    expect((await h.claim(workerId)).length).toBe(4);
    expect((await h.claim(workerId)).length).toBe(0);
    h.clock.now += 1500;
    expect((await h.claim(workerId)).length).toBe(3);
  });

  test('[C3] a task goes only to a worker that has the labels it requires', async () => {
    const h = current();
    await h.submit(plan(tool('plain'), tool('gpu', [], { requires: ['gpu'] })));
    expect((await h.claim(await h.worker())).map(({ task }) => task.key)).toEqual(['plain']);
    expect((await h.claim(await h.worker(['gpu', 'linux']))).map(({ task }) => task.key)).toEqual(['gpu']);
  });
}

function describeOrder(current: () => Harness): void {
  test('[C2] a higher class goes first', async () => {
    const h = current();
    await h.submit(plan(tool('low')), { priority: 3 });
    await h.submit(plan(tool('normal')));
    await h.submit(plan(tool('urgent')), { priority: 0 });
    const workerId = await h.worker();
    const order: string[] = [];
    for (let count = 0; count < 3; count++) order.push((await h.claim(workerId, 1))[0]!.task.key);
    expect(order).toEqual(['urgent', 'normal', 'low']);
  });

  test('[C4] a task that waited long moves up a class', async () => {
    const h = current();
    const workerId = await h.worker([], 10_000_000);
    await h.submit(plan(tool('old')), { priority: 3 });
    await h.pass(61_000);
    await h.pass(61_000);
    await h.claim(workerId, 0);
    await h.submit(plan(tool('new')), { priority: 2 });
    expect((await h.claim(workerId, 1))[0]!.task.key).toBe('old');
  });

  test('[F4] no more tasks of a tenant run at once than it may, in whatever lanes, and others are not held back', async () => {
    const h = current();
    const workerId = await h.worker();
    await h.submit(wide(10));
    await h.submit(wide(10, { queue: 'night' }));
    await h.submit(wide(10), { tenantId: 'south' as TenantId });
    await h.store.configure({ ...limits, tenantRunningMax: { [tenant]: 3 } });
    const first = await h.claim(workerId, 20);
    const own = first.filter(({ task }) => task.tenantId === tenant);
    expect(own).toHaveLength(3);
    expect(first).toHaveLength(13);
    expect(await h.claim(workerId, 20)).toHaveLength(0);
    await h.succeed(own[0]!);
    expect(await h.claim(workerId, 20)).toHaveLength(1);
    await h.store.configure(limits);
    expect(await h.claim(workerId, 100)).toHaveLength(16);
  });

  test('[F5] of a tenant that is stopped nothing is claimed until it may go on', async () => {
    const h = current();
    const workerId = await h.worker();
    await h.submit(wide(4));
    await h.submit(wide(4), { tenantId: 'south' as TenantId });
    await h.store.configure({ ...limits, stoppedTenants: [tenant] });
    const claimed = await h.claim(workerId, 20);
    expect(claimed.map(({ task }) => task.tenantId)).toEqual(['south', 'south', 'south', 'south']);
    await h.store.configure(limits);
    expect(await h.claim(workerId, 20)).toHaveLength(4);
  });

  test('[F2] [F3] a tenant with a great backlog delays another by one round only, and weights hold', async () => {
    const h = current();
    await h.store.configure({ ...limits, tenantWeights: { south: 2 } });
    const workerId = await h.worker();
    await h.submit(wide(200));
    await h.claim(workerId, 50);
    await h.submit(wide(60), { tenantId: 'south' as TenantId });
    const next = await h.claim(workerId, 30);
    const south = next.filter(({ task }) => task.tenantId !== tenant).length;
    expect(south).toBeGreaterThanOrEqual(19);
    expect(south).toBeLessThanOrEqual(21);
  });
}
