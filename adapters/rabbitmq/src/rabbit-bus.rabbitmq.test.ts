import { describeBus } from '@chorale/module-messaging/bus-contract';
import { Connection } from 'rabbitmq-client';
import { afterAll } from 'vitest';
import { openRabbitBus } from './open-rabbit-bus.ts';

const url = process.env.CHORALE_TEST_RABBITMQ ?? 'amqp://guest:guest@127.0.0.1:5672';
const prefix = `chorale_test_${process.pid}`;

afterAll(async () => {
  const connection = new Connection(url);
  await connection.exchangeDelete({ exchange: prefix });
  await connection.close();
});

describeBus('RabbitMQ', async () => {
  const errors: unknown[] = [];
  const options = { url, prefix, onError: (error: unknown) => void errors.push(error) };
  const [here, there] = await Promise.all([openRabbitBus(options), openRabbitBus(options)]);
  return {
    buses: [here, there],
    errors,
    async close() {
      await Promise.all([here.close(), there.close()]);
    },
  };
});
