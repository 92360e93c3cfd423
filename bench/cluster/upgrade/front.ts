// What stands before the processes of the API, as a balancer does: each connection goes to one that answers.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/** `ports` of this machine, tried in turn. */
export async function openFront(ports: readonly number[]): Promise<Front> {
  const open = new Set<Socket>();
  let next = 0;
  const join = (here: Socket, tries: number): void => {
    next += 1;
    const there = connect(ports[next % ports.length]!, '127.0.0.1');
    there.once('error', () => (tries < ports.length ? join(here, tries + 1) : here.destroy()));
    there.once('connect', () => {
      open.add(there);
      there.removeAllListeners('error');
      for (const [from, to] of [
        [here, there],
        [there, here],
      ] as const) {
        from.on('error', () => to.destroy());
        from.on('close', () => {
          open.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
  };
  const server = createServer((here) => {
    open.add(here);
    here.on('error', () => undefined);
    join(here, 1);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the front has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
