import { expect, test } from 'vitest';
import { answers } from './ask-service.ts';
import { startPrivateRabbitmq } from './rabbitmq.ts';
import { startPrivateRedis } from './redis.ts';

const redisSays = { port: 6379, says: Buffer.from('PING\r\n'), hears: Buffer.from('+PONG') };
const rabbitSays = { port: 5672, says: Buffer.from('AMQP\0\0\u0009\u0001'), hears: Buffer.from([1, 0, 0]) };

test('private servers answer, and are gone when they are closed', { timeout: 150_000 }, async () => {
  const [redis, rabbitmq] = await Promise.all([startPrivateRedis(), startPrivateRabbitmq()]);
  const [redisUrl, rabbitUrl] = [new URL(redis.url), new URL(rabbitmq.url)];
  expect([await answers(redisUrl, redisSays), await answers(rabbitUrl, rabbitSays)]).toEqual([true, true]);
  // What is there speaks its own protocol only.
  expect(await answers(redisUrl, rabbitSays)).toBe(false);
  await Promise.all([redis.close(), rabbitmq.close()]);
  expect([await answers(redisUrl, redisSays), await answers(rabbitUrl, rabbitSays)]).toEqual([false, false]);
});
