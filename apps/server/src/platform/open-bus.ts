// What carries hints between processes: RabbitMQ where a broker is configured, else nothing, and the bus is this process.

import type { HintCarrier } from '@chorale/adapter-postgres';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import { InProcessBus, makeRoutingKey, type Bus } from '@chorale/module-messaging';
import { readAddress } from '../config/load-config.ts';
import { systemClock } from '../process/clock.ts';
import { refusePlain, type Linked } from './service-tls.ts';

/** Never fails for want of a broker: it may come later, and until then the database carries. Throws `service-in-plain`. */
export async function openBus({ config, env, log, links }: Linked): Promise<Bus> {
  const url = readAddress(config, 'broker', env);
  const onError = (error: unknown): void => log.warn('the bus complains', { error });
  if (url === '') return new InProcessBus({ ...systemClock, onError });
  const isSecure = url.startsWith('amqps:');
  if (!isSecure) refusePlain('The broker', url, config.services);
  const tls = isSecure ? { tls: links.own } : {};
  const bus = await openRabbitBus({ url, ...tls, name: `chorale ${config.worker.name}`, onError });
  if (!bus.isUp) log.warn('the broker is not there; until it comes, the database carries hints');
  bus.onChange((isUp) =>
    isUp ? log.info('the broker is there') : log.warn('the broker is gone; the database carries hints'),
  );
  return bus;
}

/** A hint is of no use when whoever looks by itself has looked. */
const hintExpiresMs = 5_000;
const key = makeRoutingKey({ kind: 'commit' });

/** Undefined where there is no broker: the database's own way is as good as any. */
export function carryHints(bus: Bus): HintCarrier | undefined {
  if (bus instanceof InProcessBus) return undefined;
  return {
    carry: (text) => bus.publish(key, text, { priority: 5, expiresMs: hintExpiresMs }),
    onText: (listener) =>
      bus.subscribe({
        pattern: key,
        handle: ({ body }) => {
          if (typeof body === 'string') listener(body);
        },
      }),
  };
}
