// A TCP relay that a test can cut: what goes through it to a service can be ended, torn, delayed, refused and let through again.

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
  close(): Promise<void>;
}

export async function openCutProxy(service: string): Promise<CutProxy> {
  const target = new URL(service);
  const defaultPorts: Readonly<Record<string, number>> = { 'amqp:': 5672, 'redis:': 6379, 'postgres:': 5432 };
  const port = target.port === '' ? defaultPorts[target.protocol] : Number(target.port);
  if (port === undefined) throw new Error(`no default port is known for ${target.protocol}`);
  const open = new Set<Socket>();
  const torn = new Set<Socket>();
  let isCut = false;
  let delayMs = 0;
  const server = createServer((here) => {
    if (isCut) return void here.destroy();
    const there = connect(port, target.hostname);
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        torn.delete(from);
        to.destroy();
      });
      const carry = async (chunk: Buffer): Promise<Buffer> => {
        if (delayMs > 0) await wait(delayMs);
        if (!torn.has(from)) return chunk;
        setImmediate(() => from.destroy());
        return chunk.subarray(0, Math.ceil(chunk.length / 2));
      };
      const way = new Transform({
        transform(chunk: Buffer, _, done) {
          void (async () => done(null, await carry(chunk)))();
        },
      });
      from.pipe(way).pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  const url = new URL(service);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  const end = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: url.href,
    cut() {
      isCut = true;
      end();
    },
    mend() {
      isCut = false;
    },
    tear() {
      for (const socket of open) torn.add(socket);
    },
    delay(ms) {
      delayMs = ms;
    },
    async close() {
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
