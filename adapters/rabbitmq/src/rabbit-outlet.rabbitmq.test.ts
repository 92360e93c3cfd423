import type { TenantId } from '@chorale/lib-ids';
import type { Message, Outlet } from '@chorale/module-messaging';
import { Connection, type AsyncMessage } from 'rabbitmq-client';
import { afterAll, beforeEach, afterEach, expect, test, vi } from 'vitest';
import { openRabbitOutlet } from './open-rabbit-outlet.ts';

const url = process.env.CHORALE_TEST_RABBITMQ ?? 'amqp://guest:guest@127.0.0.1:5672';
const prefix = `chorale_test_${process.pid}_outlet`;
const north = 'north' as TenantId;
const connection = new Connection(url);
const queues = new Set<string>([`${prefix}.outside.dead`]);
let outlet: Outlet;
let name = '';
let no = 0;

beforeEach(async () => {
  no += 1;
  name = `crm-${no}`;
  queues.add(`${prefix}.outside.north.${name}`);
  outlet = openRabbitOutlet({ url, prefix, lengthMax: 5, onError: () => undefined });
  while (!outlet.isUp) await new Promise((resolve) => setTimeout(resolve, 10));
});
afterEach(() => outlet.close());
afterAll(async () => {
  for (const queue of queues) await connection.queueDelete({ queue });
  for (const exchange of ['outside', 'outside.dead'])
    await connection.exchangeDelete({ exchange: `${prefix}.${exchange}` });
  await connection.close();
});

function message(messageId: string, more: Partial<Message> = {}): Message {
  return {
    tenantId: north,
    mailbox: `service:${name}`,
    messageId,
    no: 1,
    sender: 'agent:anna@goal_0000000000aaaaaaaaaaaaaaaa',
    address: 'topic:news@goal_0000000000aaaaaaaaaaaaaaaa',
    priority: 2,
    payload: { text: 'Grüße' },
    question: false,
    sentAt: Date.now(),
    expiresAt: Date.now() + 60_000,
    state: 'taken',
    open: true,
    takeId: 't',
    leaseUntil: undefined,
    deliveries: 1,
    deadReason: undefined,
    deadDetail: undefined,
    endedAt: undefined,
    dueAt: 0,
    ...more,
  };
}

async function read(queue: string, count: number): Promise<readonly AsyncMessage[]> {
  const got: AsyncMessage[] = [];
  const consumer = connection.createConsumer({ queue, queueOptions: { passive: true } }, (one) => void got.push(one));
  await vi.waitFor(() => expect(got).toHaveLength(count), { timeout: 10_000 });
  await consumer.close();
  return got;
}

test('[OL1] a message lies in a quorum queue, with who sent it and what it is, and in what others bound', async () => {
  await outlet.room({ tenantId: north, name });
  const own = `${prefix}_own_${no}`;
  await connection.queueDeclare({ queue: own, exclusive: true });
  await connection.queueBind({ queue: own, exchange: `${prefix}.outside`, routingKey: 'north.#' });
  await outlet.send({ tenantId: north, name }, message('m1'));
  const queue = `${prefix}.outside.north.${name}`;
  for (const from of [queue, own]) {
    const [got] = await read(from, 1);
    expect(got).toMatchObject({
      body: { text: 'Grüße' },
      messageId: 'm1',
      routingKey: `north.goal_0000000000aaaaaaaaaaaaaaaa.-.${name}`,
      durable: true,
    });
    expect(got?.headers).toMatchObject({ from: message('m').sender, to: message('m').address, tenant: 'north' });
  }
  await connection.queueDelete({ queue: own });
  // A queue cannot be declared again as something else.
  await expect(connection.queueDeclare({ queue, durable: true })).rejects.toThrow(/x-queue-type|inequivalent/);
});

test('[OL2] a queue that is full has no room, and refuses', async () => {
  const of = { tenantId: north, name };
  expect(await outlet.room(of)).toBe(5);
  const acknowledged: string[] = [];
  let refusals = 0;
  // The broker tells itself of the limit a moment late.
  for (let index = 0; index < 1_000 && refusals < 5; index++)
    await outlet.send(of, message(`m${index}`)).then(
      () => acknowledged.push(`m${index}`),
      () => (refusals += 1),
    );
  expect(refusals).toBe(5);
  expect(await outlet.room(of)).toBeLessThanOrEqual(0);
  const kept = await read(`${prefix}.outside.north.${name}`, acknowledged.length);
  expect(kept.map(({ messageId }) => messageId)).toEqual(acknowledged);
  await vi.waitFor(async () => expect(await outlet.room(of)).toBe(5), { timeout: 5_000 });
  await outlet.send(of, message('again'));
});

test('[OL1] a queue that somebody took away is made again, and what no queue got counts as not sent', async () => {
  const of = { tenantId: north, name };
  await outlet.send(of, message('m1'));
  await connection.queueDelete({ queue: `${prefix}.outside.north.${name}` });
  await expect(outlet.send(of, message('m2'))).rejects.toMatchObject({ code: 'bus-unavailable' });
  await outlet.send(of, message('m3'));
  expect((await read(`${prefix}.outside.north.${name}`, 1)).map(({ messageId }) => messageId)).toEqual(['m3']);
});

test('what readers give back again and again is in the queue of the dead, with the reason', async () => {
  const of = { tenantId: north, name };
  await outlet.send(of, message('bad'));
  const queue = `${prefix}.outside.north.${name}`;
  const consumer = connection.createConsumer({ queue, queueOptions: { passive: true }, requeue: true }, () => {
    throw new Error('no');
  });
  consumer.on('error', () => undefined);
  const [dead] = await read(`${prefix}.outside.dead`, 1);
  expect(dead?.messageId).toBe('bad');
  expect(dead?.headers?.['x-first-death-reason']).toBe('delivery_limit');
  await consumer.close();
});
