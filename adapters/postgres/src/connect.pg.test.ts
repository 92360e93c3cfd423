import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { Connection } from './connection.ts';

const url = new URL(process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres');

interface Heard {
  /** Messages of the client on this connection so far. */
  asked: number;
  /** Bytes of the server. */
  answered: number;
}

test('a connection that is lost while it is opened fails what was asked, and nothing else', async () => {
  const unheard: unknown[] = [];
  const onUnheard = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', onUnheard);
  // Lets the start through, and hangs up at the first message after it.
  const relay = await openRelay(({ asked }) => asked > 1);
  const sql = connect({ url: relay.url }, 1, { role: 'none' });
  try {
    await expect(Promise.resolve(sql.unsafe('SELECT 1'))).rejects.toMatchObject({ code: expect.any(String) as string });
    await new Promise((resolve) => void setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', onUnheard);
    await sql.end({ timeout: 0 });
    relay.close();
  }
  expect(unheard).toEqual([]);
});

test('what was cut off in the middle of its rows leaves nothing behind in the next result', async () => {
  let isCut = false;
  const relay = await openRelay(({ answered }) => {
    if (isCut || answered < 100_000) return false;
    return (isCut = true);
  });
  const sql = connect({ url: relay.url }, 1, { role: 'none' });
  const connection = new Connection(sql);
  try {
    await expect(connection.values("SELECT repeat('x', 1000) FROM generate_series(1, 1000)")).rejects.toMatchObject({
      code: expect.any(String) as string,
    });
    expect(isCut).toBe(true);
    const rows = await connection.values('SELECT 1').catch(() => connection.values('SELECT 1'));
    expect([...rows].map((row) => [...row])).toEqual([[1]]);
    // Where the server ends it, the connection stays.
    await connection.values("SET statement_timeout = '100ms'");
    const slow = `SELECT repeat('x', 10000) || CASE WHEN n > 100 THEN pg_sleep(1)::text ELSE '' END FROM generate_series(1, 101) AS n`;
    await expect(connection.values(slow)).rejects.toMatchObject({ code: '57014' });
    expect((await connection.values('SELECT 2'))[0]).toEqual([2]);
  } finally {
    await sql.end({ timeout: 0 });
    relay.close();
  }
});

/** To the server, until `isOver` says that the connection is to break. */
async function openRelay(isOver: (heard: Heard) => boolean): Promise<{ readonly url: string; close(): void }> {
  const open = new Set<Socket>();
  const server = createServer((here) => {
    const there = connectSocket(Number(url.port || 5432), url.hostname);
    const heard: Heard = { asked: 0, answered: 0 };
    const carry = (chunk: Buffer, to: Socket): void => {
      if (!isOver(heard)) return void to.write(chunk);
      if (to === here) to.write(chunk.subarray(0, chunk.length / 2), () => here.destroy());
      else here.resetAndDestroy();
    };
    for (const socket of [here, there]) {
      open.add(socket);
      socket.on('error', () => undefined);
    }
    here.on('data', (chunk: Buffer) => {
      heard.asked += 1;
      carry(chunk, there);
    });
    there.on('data', (chunk: Buffer) => {
      heard.answered += chunk.length;
      carry(chunk, here);
    });
    here.on('close', () => there.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lossy = new URL(url);
  lossy.hostname = '127.0.0.1';
  lossy.port = String((server.address() as AddressInfo).port);
  return {
    url: lossy.href,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
