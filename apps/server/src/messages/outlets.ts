// Hands the messages of outlets to programs outside: what is sent to topics that the configuration names, and to the service of
// that name.
import {
  forwardMessages,
  outletMailbox,
  type MailboxWatch,
  type MessageStore,
  type Outlet,
  type OutletName,
} from '@chorale/module-messaging';
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { Config } from '../config/config-schema.ts';
import type { BeatPorts } from '../process/beat.ts';
import type { Service } from '../process/service.ts';

export interface OutletParts {
  readonly messages: Pick<MessageStore, 'execute'>;
  readonly watch: Pick<MailboxWatch, 'waitFor'>;
  readonly outlet: Outlet;
  readonly outlets: Config['messages']['outlets'];
}

/** A mailbox in which nothing happens for a week is forgotten, with what it listens to. */
const openEveryMs = 3_600_000;

export class OutletForwarder implements Service {
  readonly name = 'outlets';
  readonly #parts: OutletParts;
  readonly #ports: BeatPorts;
  #ending = false;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(parts: OutletParts, ports: BeatPorts) {
    this.#parts = parts;
    this.#ports = ports;
  }

  async run(): Promise<void> {
    this.#ended = Promise.all(this.#parts.outlets.map((outlet) => this.#forward(outlet)));
    await this.#ended;
  }

  async drain(): Promise<void> {
    this.#ending = true;
    await this.#ended;
    await this.#parts.outlet.close();
  }

  async stop(): Promise<void> {
    this.#ending = true;
    await this.#parts.outlet.close();
  }

  async #forward({ tenant, name, topics }: OutletParts['outlets'][number]): Promise<void> {
    const { messages, watch, outlet } = this.#parts;
    const { clock, log } = this.#ports;
    const of: OutletName = { tenantId: tenant as TenantId, name };
    const { tenantId } = of;
    const mailbox = outletMailbox(name);
    const listens = topics.map((topic) => `topic:${topic}`);
    const ports = { messages, outlet, newTakeId: () => makeId('take', clock.now(), Math.random) };
    let openedAt = -Infinity;
    while (!this.#ending) {
      const woken = watch.waitFor(tenantId, [mailbox]);
      try {
        if (clock.now() - openedAt > openEveryMs) {
          await messages.execute({ command: 'open-mailbox', tenantId, mailbox, topics: listens });
          openedAt = clock.now();
        }
        while (!this.#ending && (await forwardMessages(ports, of)).more);
      } catch (error) {
        log.warn('messages for outside wait', { tenant, outlet: name, error });
      }
      // At the latest after the poll of whoever waits for a mailbox.
      await woken;
    }
  }
}
