import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@chorale/lib-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let site: TestApi;
beforeAll(async () => {
  site = await startTestApi();
});
afterAll(() => site.close());

const as = (who: string) =>
  createClient({
    baseUrl: site.baseUrl,
    fetch(input, init) {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${who}`);
      return fetch(input, { ...init, headers });
    },
  });

test('[API160] a message is sent in the name of who asks, listed, taken, and ended', async () => {
  const { client } = site;
  const request = { to: 'agent:scout', payload: { text: 'look left' }, messageId: 'left', priority: 'high' } as const;
  expect(await client.postMessage(request)).toEqual({ messageId: 'left', mailboxes: ['agent:scout'] });
  await client.postMessage(request);
  const [taken, ...more] = await client.takeMessages({ mailboxes: ['agent:scout'], takeId: 't1' });
  expect(more).toEqual([]);
  expect(taken).toMatchObject({
    from: 'person:owner',
    to: 'agent:scout',
    priority: 'high',
    state: 'taken',
    deliveries: 1,
  });
  const settle = {
    mailbox: 'agent:scout',
    takeId: 't1',
    messageIds: ['left'],
    outcome: 'refused',
    detail: 'no',
  } as const;
  expect(await client.settleMessages(settle)).toEqual({ settled: 1 });
  expect(await client.getMessage('agent:scout', 'left')).toMatchObject({
    state: 'dead',
    deadReason: 'refused',
    deadDetail: 'no',
  });
  expect((await client.listMessages({ state: 'dead' })).items.map(({ messageId }) => messageId)).toEqual(['left']);
  expect(await client.redriveMessage('agent:scout', 'left')).toMatchObject({ state: 'waiting', deliveries: 0 });
  await expect(client.getMessage('agent:scout', 'right')).rejects.toMatchObject({ status: 404 });
});

test('[API160] lists are pages without repeats or gaps', async () => {
  const { client, clock } = site;
  for (let i = 0; i < 5; i++) {
    clock.now += i % 2;
    await client.postMessage({ to: 'service:pager', payload: i, messageId: `p${i}` });
  }
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await client.listMessages({
      mailbox: 'service:pager',
      limit: 2,
      ...(after === undefined ? {} : { after }),
    });
    seen.push(...page.items.map(({ messageId }) => messageId));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(['p4', 'p3', 'p2', 'p1', 'p0']);
  await expect(client.listMessages({ after: 'nonsense' })).rejects.toMatchObject({ status: 400 });
});

test('[API161] who waits for an answer, or for a message, is woken by it', async () => {
  const { client } = site;
  const { messageId } = await client.postMessage({ to: 'agent:oracle', payload: 'Will it rain?', question: true });
  expect(await client.awaitAnswer(messageId, 0)).toBeUndefined();
  const [answer] = await Promise.all([
    client.awaitAnswer(messageId, 30),
    wait(20).then(() => client.answerMessage({ mailbox: 'agent:oracle', messageId, payload: 'yes' })),
  ]);
  expect(answer).toMatchObject({ from: 'person:owner', payload: 'yes' });
  expect(await client.answerMessage({ mailbox: 'agent:oracle', messageId, payload: 'no' })).toEqual({ counts: false });
  const [taken] = await Promise.all([
    client.takeMessages({ mailboxes: ['service:late'], takeId: 't2', waitSeconds: 30 }),
    wait(20).then(() => client.postMessage({ to: 'service:late', payload: 1 })),
  ]);
  expect(taken).toHaveLength(1);
});

test('[API162] a topic takes what its schema says', async () => {
  const { client } = site;
  const schema = { type: 'object', required: ['size'], properties: { size: { type: 'integer' } } } as const;
  expect(await client.setTopic('topic:sizes', schema)).toMatchObject({ topic: 'topic:sizes', setBy: 'owner' });
  await expect(client.postMessage({ to: 'topic:sizes', payload: { size: 'big' } })).rejects.toMatchObject({
    status: 422,
    problem: { code: 'message-misfit', detail: expect.stringContaining('`size` must be integer') },
  });
  expect(await client.postMessage({ to: 'topic:sizes', payload: { size: 4 } })).toMatchObject({ mailboxes: [] });
  await expect(client.setTopic('topic:sizes', { type: 'nonsense' })).rejects.toMatchObject({ status: 422 });
  await client.removeTopic('topic:sizes');
  await client.postMessage({ to: 'topic:sizes', payload: 'anything' });
});

test('[API163] mailboxes of another tenant are not there, and who may not is refused', async () => {
  const { client } = site;
  await client.postMessage({ to: 'agent:secret', payload: 1, messageId: 'hidden' });
  const stranger = as('owner@south');
  await expect(stranger.getMessage('agent:secret', 'hidden')).rejects.toMatchObject({ status: 404 });
  expect((await stranger.listMessages()).items).toEqual([]);
  expect(await stranger.takeMessages({ mailboxes: ['agent:secret'], takeId: 't3' })).toEqual([]);
  await expect(as('viewer@default').postMessage({ to: 'agent:x', payload: 1 })).rejects.toMatchObject({ status: 403 });
  const developer = as('developer@default');
  await developer.postMessage({ to: 'agent:x', payload: 1 });
  await expect(developer.takeMessages({ mailboxes: ['agent:x'], takeId: 't4' })).rejects.toMatchObject({ status: 403 });
});
