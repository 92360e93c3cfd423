// A TCP relay that a test can cut: what goes through it to a service can be ended, refused and let through again.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CutProxy {
  /** The address of the service, by way of this relay. */
  readonly url: string;
  /** Ends every connection, and takes none until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openCutProxy(service: string): Promise<CutProxy> {
  const target = new URL(service);
  const defaultPorts: Readonly<Record<string, number>> = { 'amqp:': 5672, 'redis:': 6379, 'postgres:': 5432 };
  const port = target.port === '' ? defaultPorts[target.protocol] : Number(target.port);
  if (port === undefined) throw new Error(`no default port is known for ${target.protocol}`);
  const open = new Set<Socket>();
  let isCut = false;
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
        to.destroy();
      });
      from.pipe(to);
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
    async close() {
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
