// Messages through a bare quorum queue: each confirmed by the broker, consumed and acknowledged.

import { randomBytes } from 'node:crypto';
import { Connection } from 'rabbitmq-client';
import { broker } from '../services.ts';

const atOnce = 1_000;

/** Messages a second, from the first publish to the last acknowledgement. */
export async function measureQuorumQueue(count: number): Promise<number> {
  const connection = new Connection(broker);
  const queue = `chorale_bench_${randomBytes(6).toString('hex')}`;
  const queueOptions = { queue, durable: true, arguments: { 'x-queue-type': 'quorum' } } as const;
  await connection.queueDeclare(queueOptions);
  const publisher = connection.createPublisher({ confirm: true });
  const body = { text: 'x'.repeat(200) };
  let seen = 0;
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (done = resolve));
  const consumer = connection.createConsumer(
    { queue, queueOptions, qos: { prefetchCount: atOnce }, concurrency: atOnce },
    () => {
      seen += 1;
      if (seen === count) done();
    },
  );
  const begun = performance.now();
  let next = 0;
  const publish = async (): Promise<void> => {
    while (next++ < count) await publisher.send({ routingKey: queue, durable: true }, body);
  };
  await Promise.all(Array.from({ length: atOnce }, publish));
  await all;
  const took = performance.now() - begun;
  await consumer.close();
  await publisher.close();
  await connection.queueDelete({ queue });
  await connection.close();
  return (count / took) * 1_000;
}
