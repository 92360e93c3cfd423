// How this adapter reaches a broker: the connection comes back by itself, with a pause that grows.

import type { SecureContext } from 'node:tls';
import { Connection } from 'rabbitmq-client';

export interface RabbitOptions {
  /** `amqp://user:password@host:port/vhost`, or `amqps://`. */
  readonly url: string;
  /** Begins the names of exchanges and queues. Default `chorale`; of tests, something of their own. */
  readonly prefix?: string;
  /** For `amqps://`: whom it trusts and what it shows. */
  readonly tls?: { readonly secureContext: SecureContext };
  /** As the broker lists the connection. */
  readonly name?: string;
  /** What handlers threw, and what the broker complained of. */
  readonly onError: (error: unknown) => void;
}

const reconnectMsMin = 200;
const reconnectMsMax = 10_000;
const heartbeatSeconds = 10;
const connectMsMax = 5_000;

export function connectRabbit({ url, tls, name }: RabbitOptions): Connection {
  return new Connection({
    url,
    ...(tls === undefined ? {} : { tls }),
    connectionName: name ?? 'chorale',
    heartbeat: heartbeatSeconds,
    // Without it a small message waits 40 ms for the acknowledgement of the one before.
    noDelay: true,
    connectionTimeout: connectMsMax,
    acquireTimeout: connectMsMax,
    retryLow: reconnectMsMin,
    retryHigh: reconnectMsMax,
  });
}

/** `late` rejects when the work takes longer. */
export async function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  // Whoever loses the race is not left unhandled.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
