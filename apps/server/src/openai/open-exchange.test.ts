import { createServer } from 'node:http';
import type { FastifyReply } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { type Exchange, openExchange } from './open-exchange.ts';

let close: () => void = () => undefined;
afterEach(() => close());

/** What a caller gets, and how often something was written for it. */
async function answered(
  tell: (exchange: Exchange) => Promise<void> | void,
  onText: (read: string) => void = () => undefined,
): Promise<{ readonly text: string; readonly writes: number }> {
  let writes = 0;
  const server = createServer((_request, raw) => {
    const write = raw.write.bind(raw) as (piece: Uint8Array) => boolean;
    raw.write = ((piece: Uint8Array) => {
      writes++;
      return write(piece);
    }) as typeof raw.write;
    const exchange = openExchange({ raw, hijack: () => undefined, getHeaders: () => ({}) } as unknown as FastifyReply);
    exchange.begin(200, { 'content-type': 'text/plain' });
    void tell(exchange);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  close = () => server.close();
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { body } = await fetch(`http://127.0.0.1:${port}`);
  let text = '';
  for await (const piece of body ?? []) {
    text += Buffer.from(piece as Uint8Array).toString();
    onText(text);
  }
  return { text, writes };
}

const numbers = Array.from({ length: 200 }, (_, index) => `${index} `);

test('[OA19] pieces that come at once go together, in their order, and none is lost at the end', async () => {
  const { text, writes } = await answered((exchange) => {
    for (const piece of numbers) void exchange.write(piece);
    exchange.end('end');
  });
  expect(text).toBe(`${numbers.join('')}end`);
  expect(writes).toBeLessThan(10);
});

test('[OA19] a piece that waits goes by itself: the caller has it before another comes, or the end', async () => {
  let read = '';
  const { text } = await answered(
    async (exchange) => {
      await exchange.write('first ');
      await exchange.write('second ');
      await expect.poll(() => read).toBe('first second ');
      exchange.end();
    },
    (sofar) => (read = sofar),
  );
  expect(text).toBe('first second ');
});
