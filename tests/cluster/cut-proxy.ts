// A TCP relay that a test can cut: what goes through it to a service can be ended, torn, delayed, held, refused and let through
// again.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

export interface CutProxy {
  /** The address of the service, by way of this relay. */
  readonly url: string;
  /** Ends every connection, and takes none until `mend`. */
  cut(): void;
  mend(): void;
  /** Ends every connection in the middle of what it carries next. */
  tear(): void;
  /** Everything waits so long on its way, in both directions; 0 ends that. */
  delay(ms: number): void;
  /** Nothing passes, and no connection ends, until `release`; then everything does, in order. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

const defaultPorts: Readonly<Record<string, number>> = { 'amqp:': 5672, 'redis:': 6379, 'postgres:': 5432 };

export async function openCutProxy(service: string): Promise<CutProxy> {
  const target = new URL(service);
  const port = target.port === '' ? defaultPorts[target.protocol] : Number(target.port);
  if (port === undefined) throw new Error(`no default port is known for ${target.protocol}`);
  const relay = new Relay(target.hostname, port);
  const url = new URL(service);
  url.hostname = '127.0.0.1';
  url.port = String(await relay.open());
  return Object.assign(relay, { url: url.href });
}

class Relay implements Omit<CutProxy, 'url'> {
  readonly #host: string;
  readonly #port: number;
  readonly #server = createServer((here) => this.#take(here));
  readonly #open = new Set<Socket>();
  readonly #torn = new Set<Socket>();
  #isCut = false;
  #delayMs = 0;
  #held: Promise<void> | undefined;
  #letGo: () => void = () => undefined;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the relay has no port');
    return address.port;
  }

  cut(): void {
    this.#isCut = true;
    this.#endAll();
  }

  mend(): void {
    this.#isCut = false;
  }

  tear(): void {
    for (const socket of this.#open) this.#torn.add(socket);
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  hold(): void {
    this.#held ??= new Promise((resolve) => (this.#letGo = resolve));
  }

  release(): void {
    this.#letGo();
    this.#held = undefined;
  }

  async close(): Promise<void> {
    this.release();
    this.#endAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #endAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #take(here: Socket): void {
    if (this.#isCut) return void here.destroy();
    const there = connect(this.#port, this.#host);
    this.#join(here, there);
    this.#join(there, here);
  }

  #join(from: Socket, to: Socket): void {
    this.#open.add(from);
    from.setNoDelay(true);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#open.delete(from);
      this.#torn.delete(from);
      to.destroy();
    });
    const way = new Transform({
      transform: (chunk: Buffer, _, done) => {
        void (async () => done(null, await this.#carry(chunk, from)))();
      },
    });
    from.pipe(way).pipe(to);
  }

  async #carry(chunk: Buffer, from: Socket): Promise<Buffer> {
    if (this.#delayMs > 0) await wait(this.#delayMs);
    await this.#held;
    if (!this.#torn.has(from)) return chunk;
    setImmediate(() => from.destroy());
    return chunk.subarray(0, Math.ceil(chunk.length / 2));
  }
}
