// What leaves over the broker, where the configuration names outlets.
import type { RabbitOptions } from '@chorale/adapter-rabbitmq';
import type { Outlet } from '@chorale/module-messaging';
import { OutletForwarder } from '../messages/outlets.ts';
import type { BeatPorts } from '../process/beat.ts';
import type { Service } from '../process/service.ts';
import { complainSeldom } from './complain-seldom.ts';
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
  const link = linkBroker({ config: values, env, links }, complainSeldom(log, 'the broker of outlets complains'));
  if (link === undefined) {
    log.warn('messages of outlets wait in their mailboxes: no broker is configured', { outlets: outlets.length });
    return [];
  }
  const { messages, watch } = messaging;
  return [new OutletForwarder({ messages, watch, outlet: openLater(link), outlets }, ports)];
}

/** The broker's client is loaded where outlets are named, and nowhere else. */
function openLater(link: RabbitOptions): Outlet {
  let opened: Outlet | undefined;
  const opening = import('@chorale/adapter-rabbitmq').then(({ openRabbitOutlet }) => (opened = openRabbitOutlet(link)));
  return {
    get isUp() {
      return opened?.isUp ?? false;
    },
    room: async (of) => (await opening).room(of),
    send: async (of, message) => (await opening).send(of, message),
    close: async () => (await opening).close(),
  };
}
