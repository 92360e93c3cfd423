// What carries hints between processes: RabbitMQ where a broker is configured, else nothing, and the bus is this process.

import type { HintCarrier } from '@chorale/adapter-postgres';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import { InProcessBus, makeRoutingKey, type Bus } from '@chorale/module-messaging';
import type { Config } from '../config/config-schema.ts';
import { readAddress } from '../config/load-config.ts';
import { systemClock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';

/** Never fails for want of a broker: it may come later, and until then the database carries. */
export async function openBus(config: Config, env: NodeJS.ProcessEnv, log: Log): Promise<Bus> {
  const url = readAddress(config, 'broker', env);
  const onError = (error: unknown): void => log.warn('the bus complains', { error });
  if (url === '') return new InProcessBus({ ...systemClock, onError });
  const bus = await openRabbitBus({ url, name: `chorale ${config.worker.name}`, onError });
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
