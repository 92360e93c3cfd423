import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from './connect.ts';

const url = new URL(process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres');

test('a connection that is lost while it is opened fails what was asked, and nothing else', async () => {
  const open = new Set<Socket>();
  // Lets the start through, and hangs up at the first message after it.
  const relay = createServer((here) => {
    const there = connectSocket(Number(url.port || 5432), url.hostname);
    let messages = 0;
    for (const socket of [here, there]) {
      open.add(socket);
      socket.on('error', () => undefined);
    }
    there.pipe(here);
    here.on('data', (chunk: Buffer) => {
      messages += 1;
      if (messages === 1) there.write(chunk);
      else here.resetAndDestroy();
    });
    here.on('close', () => there.destroy());
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const lossy = new URL(url);
  lossy.hostname = '127.0.0.1';
  lossy.port = String((relay.address() as AddressInfo).port);
  const sql = connect({ url: lossy.href }, 1, { role: 'none' });
  const unheard: unknown[] = [];
  const onUnheard = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', onUnheard);
  try {
    await expect(Promise.resolve(sql.unsafe('SELECT 1'))).rejects.toMatchObject({ code: expect.any(String) as string });
    await new Promise((resolve) => void setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', onUnheard);
    await sql.end({ timeout: 0 });
    for (const socket of open) socket.destroy();
    relay.close();
  }
  expect(unheard).toEqual([]);
});
