import { expect, test } from 'vitest';
import { messageLimits } from './message.ts';
import { anna, ben, idsOf, otherTenant, tenant } from './message-store-harness.contract.ts';
import type { PostedHint } from './message-store.ts';
import type { CurrentMessages } from './message-store.contract.ts';
import { registerTopic, sendMessage } from './send-message.ts';

const goal = 'goal_0000000000aaaaaaaaaaaaaaaa';
const topic = 'topic:news';

export function describeTopics(current: CurrentMessages): void {
  const openMailbox = (mailbox: string, ...topics: readonly string[]): Promise<unknown> =>
    current().store.execute({ command: 'open-mailbox', tenantId: tenant, mailbox, topics });

  test('[MB7] a topic feeds those who listen to it, once each, and not its sender', async () => {
    const harness = current();
    await openMailbox(anna, topic);
    await openMailbox(ben, topic);
    await openMailbox('agent:cleo');
    await openMailbox(ben, topic);
    const id = await harness.post(topic);
    await harness.post(topic, { messageId: id });
    expect((await harness.take(ben)).map(({ messageId, address }) => [messageId, address])).toEqual([[id, topic]]);
    expect(await harness.take(anna)).toEqual([]);
    expect(await harness.take('agent:cleo')).toEqual([]);
  });

  test('[MB7] who opens its mailbox later gets what is sent from then on', async () => {
    const harness = current();
    await harness.post(topic, { messageId: 'early' });
    await openMailbox(ben, topic);
    const late = await harness.post(topic, { messageId: 'late' });
    await openMailbox('agent:cleo', topic);
    // Sent again, as if the first acknowledgement had been lost.
    await harness.post(topic, { messageId: 'late' });
    expect(idsOf(await harness.take(ben))).toEqual([late]);
    expect(await harness.take('agent:cleo')).toEqual([]);
  });

  test('[MB7] everyone is everyone in the goal, or in the tenant', async () => {
    const harness = current();
    await openMailbox(ben);
    await openMailbox(`${ben}@${goal}`);
    await openMailbox(`agent:cleo@${goal}`);
    const inGoal = await harness.post(`everyone@${goal}`);
    const anywhere = await harness.post('everyone');
    expect(idsOf(await harness.take(`${ben}@${goal}`))).toEqual([inGoal]);
    expect(idsOf(await harness.take(`agent:cleo@${goal}`))).toEqual([inGoal]);
    expect(idsOf(await harness.take(ben))).toEqual([anywhere]);
  });

  test('[MB7] who listens to a topic in no goal hears it of every goal, once', async () => {
    const harness = current();
    await openMailbox(ben, topic, `${topic}@${goal}`);
    await openMailbox(`agent:cleo@${goal}`, `${topic}@${goal}`);
    const inGoal = await harness.post(`${topic}@${goal}`);
    await harness.post(`${topic}@${goal}`, { messageId: inGoal });
    const anywhere = await harness.post(topic);
    expect(idsOf(await harness.take(ben))).toEqual([inGoal, anywhere]);
    expect(idsOf(await harness.take(`agent:cleo@${goal}`))).toEqual([inGoal]);
  });

  test('[MB7] a topic is no mailbox, and a mailbox no topic', async () => {
    await expect(openMailbox(topic)).rejects.toMatchObject({ code: 'address-invalid' });
    await expect(openMailbox(ben, anna)).rejects.toMatchObject({ code: 'address-invalid' });
  });

  test('[MB9] what does not fit the schema of its topic is refused, in every goal', async () => {
    const harness = current();
    const checkSchema = (schema: { readonly [keyword: string]: unknown }, value: unknown): readonly string[] =>
      typeof value === schema['type'] ? [] : [`it must be a ${String(schema['type'])}`];
    const ports = { messages: harness.store, checkSchema };
    const set = { tenantId: tenant, topic, schema: { type: 'string' }, setBy: 'ann' };
    expect(await registerTopic(ports, set)).toMatchObject({ ...set, setAt: harness.clock.now });
    expect(await harness.store.listTopics(tenant)).toHaveLength(1);
    await openMailbox(`${ben}@${goal}`, `${topic}@${goal}`);
    const message = { tenantId: tenant, messageId: 'm', sender: anna, address: `${topic}@${goal}` };
    await expect(sendMessage(ports, { ...message, payload: 7 })).rejects.toMatchObject({
      code: 'message-misfit',
      message: expect.stringContaining('must be a string'),
    });
    await sendMessage(ports, { ...message, payload: 'fits' });
    expect((await harness.take(`${ben}@${goal}`)).map(({ payload }) => payload)).toEqual(['fits']);
    const drop = { command: 'drop-topic', tenantId: tenant, topic } as const;
    expect(await harness.store.execute(drop)).toEqual({ done: true });
    expect(await harness.store.execute(drop)).toEqual({ done: false });
    await sendMessage(ports, { ...message, messageId: 'm2', payload: 7 });
  });

  test('[MB10] a full mailbox takes no more, and what a topic feeds it is a dead letter', async () => {
    const harness = current();
    await openMailbox(ben, topic);
    const [store] = harness.opened.stores;
    const post = (messageId: string, address: string): Promise<unknown> =>
      store!.execute({ command: 'post-message', tenantId: tenant, messageId, sender: anna, address, payload: 1 });
    await Promise.all(Array.from({ length: messageLimits.openMax }, (_, i) => post(`m${i}`, ben)));
    await expect(post('one more', ben)).rejects.toMatchObject({ code: 'message-invalid' });
    await expect(post('one-more', ben)).rejects.toMatchObject({ code: 'mailbox-full', family: 'temporary' });
    await post('from-topic', topic);
    expect(await harness.find(ben, 'from-topic')).toMatchObject({ state: 'dead', deadReason: 'mailbox-full' });
    // One is handled: one finds room.
    await harness.settle(await harness.take(ben, { max: 1 }));
    await post('one-more', ben);
    expect((await harness.store.listMailboxes(tenant, 10)).map(({ open }) => open)).toEqual([messageLimits.openMax]);
  });

  test('[MB10] a tenant begins no more mailboxes than it may, and still writes to those it has', async () => {
    const harness = current();
    const [store] = harness.opened.stores;
    const post = (messageId: string, address: string): Promise<unknown> =>
      store!.execute({ command: 'post-message', tenantId: tenant, messageId, sender: anna, address, payload: 1 });
    await Promise.all(Array.from({ length: messageLimits.mailboxesMax }, (_, i) => post('m', `agent:a${i}`)));
    await expect(post('m', 'agent:one-more')).rejects.toMatchObject({ code: 'mailboxes-exhausted', family: 'refused' });
    // By the same handle: others count for themselves, now and then.
    const listen = (mailbox: string): Promise<unknown> =>
      store!.execute({ command: 'open-mailbox', tenantId: tenant, mailbox, topics: [topic] });
    await expect(listen('agent:one-more')).rejects.toMatchObject({ code: 'mailboxes-exhausted' });
    await post('n', 'agent:a1');
    await listen('agent:a2');
    await store!.execute({
      command: 'post-message',
      tenantId: otherTenant,
      messageId: 'm',
      sender: anna,
      address: ben,
      payload: 1,
    });
  }, 60_000);

  test('[MB1] who listens is told of what was put into mailboxes, when it is there', async () => {
    const harness = current();
    const [store] = harness.opened.stores;
    const told: PostedHint[] = [];
    const stop = store!.onPosted((hint) => told.push(hint));
    await store!.execute({
      command: 'post-message',
      tenantId: tenant,
      messageId: 'm',
      sender: anna,
      address: ben,
      payload: 1,
    });
    expect(told).toEqual([{ tenantId: tenant, mailboxes: [ben] }]);
    stop();
    await store!.execute({
      command: 'post-message',
      tenantId: tenant,
      messageId: 'n',
      sender: anna,
      address: ben,
      payload: 1,
    });
    expect(told).toHaveLength(1);
  });

  test('[MB1] lists are pages, newest first, by mailbox and state', async () => {
    const harness = current();
    for (let i = 0; i < 5; i++) {
      harness.clock.now += 1;
      await harness.post(i === 4 ? anna : ben, { messageId: `p${i}` });
    }
    await harness.settle(await harness.take(ben, { max: 1 }), 'refused');
    const { store } = harness;
    expect(idsOf(await store.listMessages(tenant, { limit: 10 }))).toEqual(['p4', 'p3', 'p2', 'p1', 'p0']);
    const page = await store.listMessages(tenant, { mailbox: ben, limit: 2 });
    expect(idsOf(page)).toEqual(['p3', 'p2']);
    const last = page.at(-1)!;
    expect(idsOf(await store.listMessages(tenant, { mailbox: ben, limit: 2, before: last }))).toEqual(['p1', 'p0']);
    expect(idsOf(await store.listMessages(tenant, { state: 'dead', limit: 10 }))).toEqual(['p0']);
  });
}
