import { expect, test } from 'vitest';
import { messageLimits } from './message.ts';
import { anna, ben, idsOf, leaseMs, otherTenant, tenant } from './message-store-harness.contract.ts';
import type { CurrentMessages } from './message-store.contract.ts';

export function describeTaking(current: CurrentMessages): void {
  test('[MB1] a message is handed out as it was sent', async () => {
    const messageId = await current().post(ben, { payload: { text: 'Grüße ✓', list: [1, null, 0.5] } });
    const [message] = await current().take(ben);
    expect(message).toMatchObject({
      messageId,
      mailbox: ben,
      sender: anna,
      address: ben,
      no: 1,
      payload: { text: 'Grüße ✓', list: [1, null, 0.5] },
      state: 'taken',
      deliveries: 1,
      sentAt: current().clock.now,
    });
  });

  test('[MB1] a message sent twice is one, also at the same moment and after it was handled', async () => {
    const harness = current();
    await Promise.all(Array.from({ length: 8 }, () => harness.post(ben, { messageId: 'same' })));
    const taken = await harness.take(ben);
    expect(idsOf(taken)).toEqual(['same']);
    await harness.settle(taken);
    await harness.post(ben, { messageId: 'same' });
    expect(await harness.take(ben)).toEqual([]);
  });

  test('[MB2] messages of one sender come in their order, whoever takes them', async () => {
    const harness = current();
    const sent: string[] = [];
    for (let i = 0; i < 6; i++) sent.push(await harness.post(ben));
    const first = await harness.take(ben, { max: 3 });
    expect(idsOf(first)).toEqual(sent.slice(0, 3));
    expect(first.map(({ no }) => no)).toEqual([1, 2, 3]);
    // Those behind wait until what is in hand has ended.
    expect(await harness.take(ben)).toEqual([]);
    await harness.settle(first);
    expect(idsOf(await harness.take(ben))).toEqual(sent.slice(3));
  });

  test('[MB2] what comes back comes before what was behind it, and holds back no other sender', async () => {
    const harness = current();
    const a1 = await harness.post(ben);
    const a2 = await harness.post(ben);
    const [taken] = await harness.take(ben, { max: 1 });
    const c1 = await harness.post(ben, { sender: 'agent:cleo' });
    expect(idsOf(await harness.take(ben))).toEqual([c1]);
    expect(await harness.settle([taken!], 'released')).toBe(1);
    expect(idsOf(await harness.take(ben))).toEqual([a1, a2]);
  });

  test('[MB2] messages sent one after the other without waiting keep their order', async () => {
    const harness = current();
    const [store] = harness.opened.stores;
    const ids = Array.from({ length: 50 }, (_, i) => `quick${i}`);
    const sends = ids.map((messageId) =>
      store!.execute({ command: 'post-message', tenantId: tenant, messageId, sender: anna, address: ben, payload: 1 }),
    );
    await Promise.all(sends);
    expect(idsOf(await harness.take(ben, { max: 50 }))).toEqual(ids);
  });

  test('[MB3] urgent messages overtake', async () => {
    const harness = current();
    const low = await harness.post(ben, { priority: 3 });
    const normal = await harness.post(ben);
    const urgent = await harness.post(ben, { priority: 0 });
    const high = await harness.post(ben, { priority: 1 });
    expect(idsOf(await harness.take(ben))).toEqual([urgent, high, normal, low]);
  });

  test('[MB4] a message is in one hand, however many take at once', async () => {
    const harness = current();
    for (let i = 0; i < 20; i++) await harness.post(ben, { sender: `agent:s${i}` });
    const takes = await Promise.all(Array.from({ length: 8 }, () => harness.take(ben, { max: 5 })));
    const all = takes.flatMap(idsOf);
    expect(all).toHaveLength(20);
    expect(new Set(all).size).toBe(20);
  });

  test('[MB4] a lease that ends gives the message back, and its late holder no longer ends it', async () => {
    const harness = current();
    const id = await harness.post(ben);
    const first = await harness.take(ben);
    harness.clock.now += leaseMs + 1;
    const second = await harness.take(ben);
    expect(second.map(({ messageId, deliveries }) => [messageId, deliveries])).toEqual([[id, 2]]);
    expect(await harness.settle(first)).toBe(0);
    expect((await harness.find(ben, id)).state).toBe('taken');
    expect(await harness.settle(second)).toBe(1);
    expect((await harness.find(ben, id)).state).toBe('handled');
  });

  test('[MB4] a late holder ends what nobody else has taken', async () => {
    const harness = current();
    const id = await harness.post(ben);
    const taken = await harness.take(ben);
    harness.clock.now += leaseMs + 1;
    expect(await harness.settle(taken)).toBe(1);
    expect(await harness.settle(taken)).toBe(0);
    expect((await harness.find(ben, id)).state).toBe('handled');
  });

  test('[MB5] a take that is repeated gives what it gave, and not more', async () => {
    const harness = current();
    const sent = [await harness.post(ben), await harness.post(ben)];
    const first = await harness.take(ben, { takeId: 'again' });
    await harness.post(ben, { sender: 'agent:cleo' });
    const second = await harness.take(ben, { takeId: 'again' });
    expect(idsOf(first)).toEqual(sent);
    expect(second).toEqual(first);
  });

  test('[MB5] one take looks into several mailboxes', async () => {
    const harness = current();
    const general = await harness.post(ben);
    const role = await harness.post('role:reviewer');
    expect(idsOf(await harness.take('', { mailboxes: ['role:reviewer', ben] }))).toEqual([role, general]);
  });

  test('[MB10] what is not an address, an id, a lease or a payload is refused', async () => {
    const harness = current();
    const code = (error: unknown): unknown => (error as { code?: string }).code;
    const refusals = await Promise.all([
      harness.post('ben').catch(code),
      harness.post('agent:').catch(code),
      harness.post('agent:a b').catch(code),
      harness.post(`agent:ben@goal_1`).catch(code),
      harness.post(ben, { sender: 'nobody' }).catch(code),
      harness.post(ben, { messageId: 'with space' }).catch(code),
      harness.post(ben, { payload: 'x'.repeat(messageLimits.payloadLengthMax) }).catch(code),
      harness.post(ben, { expiresAt: harness.clock.now }).catch(code),
      harness.take(ben, { leaseMs: 1 }).catch(code),
      harness.take(ben, { max: 1_000_000 }).catch(code),
    ]);
    expect(refusals).toEqual([
      ...Array.from({ length: 5 }, () => 'address-invalid'),
      ...Array.from({ length: 3 }, () => 'message-invalid'),
      'take-invalid',
      'take-invalid',
    ]);
    expect(await harness.take(ben)).toEqual([]);
  });

  test('[MB11] tenants with mailboxes of one name share nothing', async () => {
    const harness = current();
    await harness.post(ben, { messageId: 'same', payload: 'north' });
    await harness.post(ben, { messageId: 'same', payload: 'south', tenantId: otherTenant });
    expect((await harness.take(ben)).map(({ payload }) => payload)).toEqual(['north']);
    expect((await harness.take(ben, { tenantId: otherTenant })).map(({ payload }) => payload)).toEqual(['south']);
    expect(await harness.store.listMessages(tenant, { limit: 10 })).toHaveLength(1);
    expect(await harness.store.listMailboxes(otherTenant, 10)).toHaveLength(1);
  });
}
