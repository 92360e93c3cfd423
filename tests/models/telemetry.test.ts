import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openModelSite } from './model-site.ts';

test('[MD4] a call is told to the collector that is configured, and what was said is not', async () => {
  const told: string[] = [];
  const collector = createServer((request, response) => {
    request.on('data', (piece: Buffer) => told.push(piece.toString()));
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
  const site = await openModelSite({
    brain: () => ({ text: 'the answer is swordfish' }),
    vendors: { acme: { kind: 'openai' } },
    models: { acme: [{ name: 'gpt-4.1-mini', prices: { input: 1, output: 2 } }] },
    telemetry: { otlp: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, seconds: 1 },
  });
  try {
    const messages = [{ role: 'user' as const, content: 'tell me the hunter2 word' }];
    await site.openai().chat.completions.create({ model: 'gpt-4.1-mini', messages });
    await expect.poll(() => told.join(''), { timeout: 15_000 }).toContain('"chat gpt-4.1-mini"');
    await expect.poll(() => told.join(''), { timeout: 15_000 }).toContain('"gen_ai.client.operation.duration"');
    await expect.poll(() => told.join(''), { timeout: 15_000 }).toContain('"chorale.admission.requests"');
    for (const said of ['swordfish', 'hunter2', 'test-key']) expect(told.join('')).not.toContain(said);
  } finally {
    await site.close();
    collector.close();
  }
});
