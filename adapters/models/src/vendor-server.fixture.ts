// For tests: a server on this machine that answers what a test wants, byte by byte where it wants, and remembers what it
// was asked.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@chorale/lib-time';
import type { Deployment } from '@chorale/module-models';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface VendorServer {
  readonly url: string;
  readonly asked: Asked[];
  answer: (response: ServerResponse, asked: Asked) => void | Promise<void>;
  close(): Promise<void>;
}

export async function startVendor(): Promise<VendorServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces).toString() };
      asked.push(one);
      void vendor.answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const vendor: VendorServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (response) => void response.writeHead(404).end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return vendor;
}

export const realClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export function sendEvents(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(event);
  response.end();
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Events whose data are these values, named by their type where the vendor names them. */
export function eventsOf(values: readonly object[], named = false): readonly string[] {
  return values.map((value) => {
    const name = named && 'type' in value ? `event: ${String(value.type)}\n` : '';
    return `${name}data: ${JSON.stringify(value)}\n\n`;
  });
}

export function deploymentAt(url: string, overrides: Partial<Deployment> = {}): Deployment {
  return {
    id: 'vendor/model',
    provider: 'vendor',
    kind: 'openai',
    wire: 'openai-chat',
    model: 'model',
    baseUrl: url,
    region: undefined,
    retention: 'none',
    capabilities: ['tools', 'parallel-tools', 'json-schema', 'images', 'reasoning', 'prompt-cache', 'streaming'],
    contextTokens: 128_000,
    outputTokensMax: 8_192,
    prices: undefined,
    quality: 0.5,
    factsFrom: '2026-01-01',
    ...overrides,
  };
}
