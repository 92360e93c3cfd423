// What carries hints between processes: RabbitMQ where a broker is configured, else nothing, and the bus is this process.

import type { HintCarrier } from '@chorale/adapter-postgres';
import type { RabbitOptions } from '@chorale/adapter-rabbitmq';
import { InProcessBus, makeRoutingKey, type Bus } from '@chorale/module-messaging';
import { readAddress } from '../config/load-config.ts';
import { systemClock } from '../process/clock.ts';
import { complainSeldom } from './complain-seldom.ts';
import { refusePlain, type Linked } from './service-tls.ts';

/** Undefined where no broker is configured. Throws `service-in-plain`. */
export function linkBroker(
  { config, env, links }: Omit<Linked, 'log'>,
  onError: (error: unknown) => void,
): RabbitOptions | undefined {
  const url = readAddress(config, 'broker', env);
  if (url === '') return undefined;
  const isSecure = url.startsWith('amqps:');
  if (!isSecure) refusePlain('The broker', url, config.services);
  return { url, ...(isSecure ? { tls: links.own } : {}), name: `chorale ${config.worker.name}`, onError };
}

/** Never fails for want of a broker: it may come later, and until then the database carries. Throws `service-in-plain`. */
export async function openBus(linked: Linked): Promise<Bus> {
  const { log } = linked;
  const onError = complainSeldom(log, 'the broker complains');
  const link = linkBroker(linked, onError);
  if (link === undefined) return new InProcessBus({ ...systemClock, onError });
  const { openRabbitBus } = await import('@chorale/adapter-rabbitmq');
  const bus = await openRabbitBus(link);
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
