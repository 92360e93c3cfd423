// Messages for programs outside, over RabbitMQ: a topic exchange that any program may bind, and for each name a durable quorum
// queue on it, so that nothing is lost while its reader is away.
//
// Owns:       the connection, the exchanges `PREFIX.outside` and `PREFIX.outside.dead`, and their queues.
// Invariants: RO1 a message counts as sent when every queue that gets it has it on disk: it is persistent, confirmed, and one that
//                 no queue would get is refused.
//             RO2 a queue that is full refuses: what does not fit waits where it came from.
//             RO3 what its readers gave back twenty times is in `PREFIX.outside.dead` with the reason, and not in the way.

import type { Message } from '@chorale/module-messaging';
import { makeRoutingKey, parseAddress, unavailable, type Outlet, type OutletName } from '@chorale/module-messaging';
import type { Connection, Publisher } from 'rabbitmq-client';
import { connectRabbit, within, type RabbitOptions } from './connect-rabbit.ts';

const deliveriesMax = 20;
const sendMsMax = 10_000;
const closeMsMax = 2_000;

export interface RabbitOutletOptions extends RabbitOptions {
  /** Messages in one queue. Of a queue that is there already it is not changed. */
  readonly lengthMax?: number;
}

/** Whether or not there is a broker: it may come later. */
export function openRabbitOutlet(options: RabbitOutletOptions): Outlet {
  return new RabbitOutlet(options);
}

class RabbitOutlet implements Outlet {
  readonly #prefix: string;
  readonly #lengthMax: number;
  readonly #connection: Connection;
  readonly #publisher: Publisher;
  readonly #declared = new Set<string>();
  /** What came back because no queue would get it, by the id it was sent under. */
  readonly #returned = new Set<string>();
  #blocked = false;
  #count = 0;

  constructor(options: RabbitOutletOptions) {
    this.#prefix = `${options.prefix ?? 'chorale'}.outside`;
    this.#lengthMax = options.lengthMax ?? 100_000;
    this.#connection = connectRabbit(options);
    this.#connection.on('error', options.onError);
    this.#connection.on('connection', () => {
      this.#blocked = false;
      // Whoever looks after the broker may have taken them away meanwhile.
      this.#declared.clear();
    });
    this.#connection.on('connection.blocked', () => (this.#blocked = true));
    this.#connection.on('connection.unblocked', () => (this.#blocked = false));
    this.#publisher = this.#connection.createPublisher({ confirm: true, maxAttempts: 1 });
    this.#publisher.on('basic.return', ({ correlationId }) => {
      if (correlationId !== undefined) this.#returned.add(correlationId);
    });
  }

  get isUp(): boolean {
    return this.#connection.ready && !this.#blocked;
  }

  async room(of: OutletName): Promise<number> {
    const queue = this.#queueOf(of);
    return this.#ask(async () => {
      await this.#declare(of, queue);
      const { messageCount } = await this.#connection.queueDeclare({ queue, passive: true });
      return this.#lengthMax - messageCount;
    });
  }

  async send(of: OutletName, message: Message): Promise<void> {
    await this.#ask(() => this.#declare(of, this.#queueOf(of)));
    const { messageId, sender, address, mailbox, question, sentAt, expiresAt, payload } = message;
    const correlationId = String(++this.#count);
    const { goalId } = parseAddress(address);
    const envelope = {
      exchange: this.#prefix,
      routingKey: keyOf(of, goalId),
      durable: true,
      mandatory: true,
      messageId,
      correlationId,
      appId: 'chorale',
      contentType: 'application/json',
      timestamp: Math.floor(sentAt / 1_000),
      headers: { from: sender, to: address, mailbox, question, tenant: of.tenantId },
      ...(expiresAt === undefined ? {} : { expiration: String(Math.max(1, expiresAt - Date.now())) }),
    };
    await this.#ask(() => this.#publisher.send(envelope, Buffer.from(JSON.stringify(payload))));
    // The broker gives back what no queue would get before it confirms it, and the library tells of it in the next turn.
    await new Promise(setImmediate);
    if (!this.#returned.delete(correlationId)) return;
    this.#declared.delete(this.#queueOf(of));
    throw unavailable();
  }

  async close(): Promise<void> {
    const gone = this.#publisher.close().then(() => this.#connection.close());
    await within(gone, closeMsMax, () => unavailable()).catch(() => this.#connection.unsafeDestroy());
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isUp) throw unavailable();
    try {
      return await within(work(), sendMsMax, () => unavailable());
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  #queueOf({ tenantId, name }: OutletName): string {
    return `${this.#prefix}.${tenantId}.${name}`;
  }

  async #declare(of: OutletName, queue: string): Promise<void> {
    if (this.#declared.has(queue)) return;
    const [exchange, dead] = [this.#prefix, `${this.#prefix}.dead`];
    const connection = this.#connection;
    await connection.exchangeDeclare({ exchange, type: 'topic', durable: true });
    await connection.exchangeDeclare({ exchange: dead, type: 'topic', durable: true });
    const bounds = { 'x-queue-type': 'quorum', 'x-max-length': this.#lengthMax } as const;
    await connection.queueDeclare({ queue: dead, durable: true, arguments: { ...bounds, 'x-overflow': 'drop-head' } });
    await connection.queueBind({ queue: dead, exchange: dead, routingKey: '#' });
    const lives = {
      ...bounds,
      'x-overflow': 'reject-publish',
      'x-delivery-limit': deliveriesMax,
      'x-dead-letter-exchange': dead,
    } as const;
    await connection.queueDeclare({ queue, durable: true, arguments: lives });
    await connection.queueBind({ queue, exchange, routingKey: `${of.tenantId}.*.*.${of.name}` });
    this.#declared.add(queue);
  }
}

function keyOf({ tenantId, name }: OutletName, goalId: string | undefined): string {
  return makeRoutingKey({ tenantId, kind: name, ...(goalId === undefined ? {} : { goalId }) });
}
