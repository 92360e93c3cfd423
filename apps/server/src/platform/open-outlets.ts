// What leaves over the broker, where the configuration names outlets.
import { openRabbitOutlet } from '@chorale/adapter-rabbitmq';
import { OutletForwarder } from '../messages/outlets.ts';
import type { BeatPorts } from '../process/beat.ts';
import type { Service } from '../process/service.ts';
import { linkBroker } from './open-bus.ts';
import type { PlatformOptions } from './open-platform.ts';
import type { PlatformParts } from './platform-parts.ts';

export function forwardOutlets(
  { config: { values }, env, log }: PlatformOptions,
  { messaging, links }: Pick<PlatformParts, 'messaging' | 'links'>,
  ports: BeatPorts,
): readonly Service[] {
  const { outlets } = values.messages;
  if (outlets.length === 0) return [];
  const link = linkBroker({ config: values, env, links }, (error) => log.warn('the broker complains', { error }));
  if (link === undefined) {
    log.warn('messages of outlets wait in their mailboxes: no broker is configured', { outlets: outlets.length });
    return [];
  }
  const { messages, watch } = messaging;
  return [new OutletForwarder({ messages, watch, outlet: openRabbitOutlet(link), outlets }, ports)];
}
