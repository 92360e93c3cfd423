import { expect, test } from 'vitest';
import { answerId, messageLimits, replyMailbox } from './message.ts';
import { anna, ben, idsOf, leaseMs, tenant } from './message-store-harness.contract.ts';
import type { CurrentMessages } from './message-store.contract.ts';

const minuteMs = 60_000;

export function describeEndings(current: CurrentMessages): void {
  test('[MB6] what has expired is not handed out and is a dead letter', async () => {
    const harness = current();
    const id = await harness.post(ben, { expiresAt: harness.clock.now + minuteMs });
    const later = await harness.post(ben, { sender: 'agent:cleo' });
    harness.clock.now += minuteMs;
    expect(idsOf(await harness.take(ben))).toEqual([later]);
    expect(await harness.find(ben, id)).toMatchObject({ state: 'dead', deadReason: 'expired', open: false });
  });

  test('[MB13] what is forgotten is gone from its mailbox, waiting, taken or ended, and the rest stays', async () => {
    const harness = current();
    const ids = [await harness.post(ben), await harness.post(ben), await harness.post(ben), await harness.post(ben)];
    const taken = await harness.take(ben);
    await harness.settle(taken.slice(0, 1), 'refused');
    const waiting = await harness.post(ben, { sender: 'agent:cleo' });
    const forget = { command: 'forget-messages', tenantId: tenant, mailbox: ben } as const;
    const messageIds = [taken[0]!.messageId, taken[1]!.messageId, waiting, 'none'];
    expect(await harness.store.execute({ ...forget, messageIds })).toEqual({ forgotten: 3 });
    expect(await harness.store.execute({ ...forget, messageIds })).toEqual({ forgotten: 0 });
    const find = (id: string) => harness.store.findMessage(tenant, ben, id);
    for (const id of messageIds) expect(await find(id)).toBeUndefined();
    const left = ids.filter((id) => !messageIds.includes(id));
    for (const id of left) expect(await find(id)).toBeDefined();
    const [mailbox] = (await harness.store.listMailboxes(tenant, 10)).filter((one) => one.mailbox === ben);
    expect(mailbox?.open).toBe(left.length);
  });

  test('[MB6] what its handler refuses is a dead letter that says why', async () => {
    const harness = current();
    const id = await harness.post(ben);
    await harness.settle(await harness.take(ben), 'refused');
    expect(await harness.find(ben, id)).toMatchObject({ state: 'dead', deadReason: 'refused', deadDetail: 'no time' });
  });

  test('[MB6] what is handed out again and again without an end is a dead letter', async () => {
    const harness = current();
    const id = await harness.post(ben);
    for (let i = 0; i < messageLimits.deliveriesMax; i++) {
      expect(idsOf(await harness.take(ben))).toEqual([id]);
      harness.clock.now += leaseMs + 1;
    }
    expect(await harness.take(ben)).toEqual([]);
    expect(await harness.find(ben, id)).toMatchObject({ state: 'dead', deadReason: 'not-handled' });
  });

  test('[MB6] a dead letter that is put back is handed out as if it had just come', async () => {
    const harness = current();
    const id = await harness.post(ben);
    await harness.settle(await harness.take(ben), 'refused');
    const redrive = { command: 'redrive-message', tenantId: tenant, mailbox: ben, messageId: id } as const;
    const { message } = await harness.store.execute(redrive);
    expect(message).toMatchObject({ state: 'waiting', deliveries: 0, deadReason: undefined });
    // Again, as if the answer had been lost.
    await harness.store.execute(redrive);
    const taken = await harness.take(ben);
    expect(taken.map(({ messageId, deliveries }) => [messageId, deliveries])).toEqual([[id, 1]]);
    await harness.settle(taken);
    await expect(harness.store.execute(redrive)).rejects.toMatchObject({ code: 'message-not-dead' });
    await expect(harness.store.execute({ ...redrive, messageId: 'none' })).rejects.toMatchObject({
      code: 'message-not-found',
    });
  });

  test('[MB8] an answer ends its question and is found by who asked; the first one counts', async () => {
    const harness = current();
    const id = await harness.post(ben, { question: true });
    const [question] = await harness.take(ben);
    const answer = {
      command: 'answer-question',
      tenantId: tenant,
      mailbox: ben,
      messageId: question!.messageId,
      sender: ben,
      payload: { yes: true },
    } as const;
    expect(await harness.store.execute(answer)).toEqual({ counts: true });
    expect(await harness.store.execute(answer)).toEqual({ counts: true });
    expect(await harness.store.execute({ ...answer, payload: 'no' })).toEqual({ counts: false });
    expect((await harness.find(ben, id)).state).toBe('handled');
    expect(await harness.find(replyMailbox(id), answerId)).toMatchObject({
      sender: ben,
      address: anna,
      payload: { yes: true },
    });
  });

  test('[MB8] only a question that somebody may still wait for is answered', async () => {
    const harness = current();
    const plain = await harness.post(ben);
    const asked = await harness.post(ben, { question: true, expiresAt: harness.clock.now + minuteMs });
    harness.clock.now += minuteMs;
    await harness.take(ben);
    const answer = { command: 'answer-question', tenantId: tenant, mailbox: ben, sender: ben, payload: 1 } as const;
    await expect(harness.store.execute({ ...answer, messageId: plain })).rejects.toMatchObject({
      code: 'question-not-found',
    });
    await expect(harness.store.execute({ ...answer, messageId: asked })).rejects.toMatchObject({
      code: 'question-expired',
    });
  });

  test('[MB12] what has expired is a dead letter also where nobody takes, but not while somebody has it', async () => {
    const harness = current();
    const waiting = await harness.post(ben, { expiresAt: harness.clock.now + minuteMs });
    const taken = await harness.post('agent:cleo', { expiresAt: harness.clock.now + minuteMs });
    await harness.take('agent:cleo', { leaseMs: 2 * minuteMs });
    await harness.sweep();
    expect((await harness.find(ben, waiting)).state).toBe('waiting');
    harness.clock.now += minuteMs;
    await harness.sweep();
    expect(await harness.find(ben, waiting)).toMatchObject({ state: 'dead', deadReason: 'expired' });
    expect((await harness.find('agent:cleo', taken)).state).toBe('taken');
    expect(await harness.store.findDueMailboxes(10)).toEqual([]);
    harness.clock.now += minuteMs;
    await harness.sweep();
    expect((await harness.find('agent:cleo', taken)).state).toBe('dead');
  });

  test('[MB12] what ended long ago is forgotten, and so is a mailbox that nobody uses', async () => {
    const harness = current();
    const handled = await harness.post(ben);
    await harness.settle(await harness.take(ben));
    const dead = await harness.post(ben);
    await harness.settle(await harness.take(ben), 'refused');
    harness.clock.now += messageLimits.handledKeepMs;
    await harness.sweep();
    expect(await harness.store.findMessage(tenant, ben, handled)).toBeUndefined();
    expect((await harness.find(ben, dead)).state).toBe('dead');
    harness.clock.now += messageLimits.deadKeepMs;
    await harness.sweep();
    expect(await harness.store.findMessage(tenant, ben, dead)).toBeUndefined();
    expect(await harness.store.listMailboxes(tenant, 10)).toEqual([]);
    expect(await harness.store.findDueMailboxes(10)).toEqual([]);
  });
}
