// The bus between processes, over RabbitMQ: one topic exchange, a queue for each subscription, a queue for each name served.
//
// Owns:       the connection, which comes back by itself with a growing pause, and what is declared over it.
// Invariants: RQ1 while there is no broker every publish and request is refused at once: who publishes has another way.
//             RQ2 queues hold hints: they are classic (quorum queues of RabbitMQ 3 know no priorities), bounded, drop their oldest,
//                 and go with those who read them.
//             RQ3 what was subscribed and served holds again with the next connection.

import { fromErrorRecord, toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import {
  checkBody,
  inHandDefault,
  timedOut,
  unavailable,
  waitingMax,
  type Bus,
  type PublishOptions,
  type Subscribe,
} from '@chorale/module-messaging';
import type { AsyncMessage, Connection, Consumer, Publisher, RPCClient } from 'rabbitmq-client';
import { connectRabbit, within, type RabbitOptions } from './connect-rabbit.ts';

const closeMsMax = 2_000;
/** Publishes on their way; more are refused, as where there is no broker. */
const publishingMax = 10_000;
const requestMsMax = 60_000;
const priorityMax = 9;
/** A queue that several share goes a minute after the last of them. */
const unusedMsMax = 60_000;

type Reply = { readonly answer: Json } | { readonly error: ErrorRecord };

/** Resolves whether or not there is a broker: it may come later. */
export async function openRabbitBus(options: RabbitOptions): Promise<Bus> {
  const bus = new RabbitBus(options);
  await bus.connected;
  return bus;
}

class RabbitBus implements Bus {
  readonly #options: RabbitOptions;
  readonly #prefix: string;
  readonly #connection: Connection;
  readonly #publisher: Publisher;
  readonly #listeners = new Set<(isUp: boolean) => void>();
  readonly #consumers = new Set<Consumer>();
  #requests: RPCClient | undefined;
  #blocked = false;
  #up = false;
  #publishing = 0;
  #closed = false;
  /** With the first connection, or when there is none yet. */
  readonly connected: Promise<void>;

  constructor(options: RabbitOptions) {
    this.#options = options;
    this.#prefix = options.prefix ?? 'chorale';
    this.#connection = connectRabbit(options);
    this.connected = new Promise((resolve) => {
      this.#connection.on('connection', () => {
        this.#blocked = false;
        this.#tell();
        resolve();
      });
      this.#connection.on('error', (error: unknown) => {
        if (!this.#closed) options.onError(error);
        this.#tell();
        resolve();
      });
    });
    this.#connection.on('connection.blocked', () => this.#block(true));
    this.#connection.on('connection.unblocked', () => this.#block(false));
    this.#publisher = this.#connection.createPublisher({ confirm: true, maxAttempts: 1, exchanges: [this.#exchange] });
  }

  get isUp(): boolean {
    return this.#connection.ready && !this.#blocked && !this.#closed;
  }

  get #exchange(): { readonly exchange: string; readonly type: string; readonly durable: boolean } {
    return { exchange: this.#prefix, type: 'topic', durable: true };
  }

  async publish(key: string, body: Json, { priority = 0, expiresMs }: PublishOptions = {}): Promise<void> {
    const text = checkBody(body);
    if (!this.isUp || this.#publishing >= publishingMax) throw unavailable();
    this.#publishing += 1;
    const expiration = expiresMs === undefined ? {} : { expiration: String(Math.ceil(expiresMs)) };
    try {
      await this.#publisher.send({ exchange: this.#prefix, routingKey: key, priority, ...expiration }, text);
    } catch (cause) {
      throw unavailable(cause);
    } finally {
      this.#publishing -= 1;
    }
  }

  subscribe({ pattern, shared, inHandMax = inHandDefault, handle }: Subscribe): Promise<() => Promise<void>> {
    const queue = shared === undefined ? undefined : `${this.#prefix}.shared.${shared}.${pattern}`;
    const consumer = this.#connection.createConsumer(
      {
        ...(queue === undefined ? {} : { queue }),
        queueOptions: this.#queueOptions(queue),
        exchanges: [this.#exchange],
        queueBindings: [{ exchange: this.#prefix, routingKey: pattern }],
        qos: { prefetchCount: inHandMax },
        concurrency: inHandMax,
        requeue: false,
      },
      async ({ routingKey, body }) => {
        try {
          await handle({ key: routingKey, body: readBody(body) as Json });
        } catch (error) {
          this.#options.onError(error);
        }
      },
    );
    return this.#started(consumer);
  }

  serve(name: string, answer: (question: Json) => Json | Promise<Json>): Promise<() => Promise<void>> {
    const queue = this.#serviceQueue(name);
    const consumer = this.#connection.createConsumer(
      { queue, queueOptions: this.#queueOptions(queue), qos: { prefetchCount: inHandDefault }, requeue: false },
      async ({ body }, reply) => {
        let answered: Reply;
        try {
          answered = { answer: await answer(readBody(body) as Json) };
        } catch (error) {
          answered = { error: toErrorRecord(error) };
        }
        await reply(JSON.stringify(answered)).catch((error: unknown) => this.#options.onError(error));
      },
    );
    return this.#started(consumer);
  }

  async request(name: string, question: Json, { timeoutMs }: { readonly timeoutMs: number }): Promise<Json> {
    const text = checkBody(question);
    if (!this.isUp) throw unavailable();
    this.#requests ??= this.#connection.createRPCClient({ confirm: true, maxAttempts: 1, timeout: requestMsMax });
    const sent = this.#requests.send({ routingKey: this.#serviceQueue(name) }, text);
    const answered = await within(sent, timeoutMs, () => timedOut(name, timeoutMs)).catch((cause: unknown) => {
      throw (cause as { readonly code?: string }).code === 'bus-timeout' ? cause : unavailable(cause);
    });
    const reply = readBody(answered.body) as Reply;
    if ('error' in reply) throw fromErrorRecord(reply.error);
    return reply.answer;
  }

  onChange(listener: (isUp: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    const users = [...this.#consumers, this.#publisher, ...(this.#requests === undefined ? [] : [this.#requests])];
    const gone = Promise.all(users.map((user) => user.close())).then(() => this.#connection.close());
    // A handler that does not end, or a broker that does not answer, keeps nobody from ending.
    await within(gone, closeMsMax, () => unavailable()).catch(() => this.#connection.unsafeDestroy());
  }

  #serviceQueue(name: string): string {
    return `${this.#prefix}.service.${name}`;
  }

  #queueOptions(queue: string | undefined): {
    readonly exclusive: boolean;
    readonly autoDelete: boolean;
    readonly durable: boolean;
    readonly arguments: Readonly<Record<string, string | number>>;
  } {
    const bounds = { 'x-max-length': waitingMax, 'x-overflow': 'drop-head', 'x-max-priority': priorityMax };
    const own = queue === undefined;
    return {
      exclusive: own,
      autoDelete: own,
      // What several share must be durable for RabbitMQ 4; what lies in it is not.
      durable: !own,
      arguments: own ? bounds : { ...bounds, 'x-expires': unusedMsMax },
    };
  }

  /** Where there is no broker it takes effect with the next connection, which is not waited for. */
  async #started(consumer: Consumer): Promise<() => Promise<void>> {
    this.#consumers.add(consumer);
    const ready = new Promise<void>((resolve) => {
      consumer.on('ready', resolve);
      consumer.on('error', (error: unknown) => {
        if (!this.#closed) this.#options.onError(error);
        resolve();
      });
    });
    if (this.isUp) await ready;
    return async () => {
      this.#consumers.delete(consumer);
      await consumer.close();
    };
  }

  #block(blocked: boolean): void {
    this.#blocked = blocked;
    this.#tell();
  }

  /** The library marks the connection as lost only after it has told of it. */
  #tell(): void {
    queueMicrotask(() => {
      if (this.isUp === this.#up) return;
      this.#up = this.isUp;
      for (const listener of this.#listeners) listener(this.#up);
    });
  }
}

/** The library parses bodies that are marked as JSON. */
function readBody(body: AsyncMessage['body']): unknown {
  return typeof body === 'string' || Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body;
}
