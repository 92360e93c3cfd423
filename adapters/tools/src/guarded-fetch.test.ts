import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGuardedFetch } from './guarded-fetch.ts';

let server: Server;
let url: string;
let seen: { readonly method: string; readonly headers: object; readonly body: string }[];
beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', headers: request.headers, body });
      if (request.url === '/away') response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
      else if (request.url === '/large') response.end('x'.repeat(2_000));
      else response.writeHead(202, { 'content-type': 'application/json', 'x-session': 'a' }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('[HF20] posts a text and gives the answer, whatever client asks', async () => {
  const fetch = createGuardedFetch({ allowsAddress: () => true });
  const response = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer x' }, body: '{"a":1}' });
  expect([response.status, response.headers.get('x-session'), await response.json()]).toEqual([202, 'a', { ok: true }]);
  expect(seen).toMatchObject([{ method: 'POST', headers: { authorization: 'Bearer x' }, body: '{"a":1}' }]);
});

test('[HF20] goes to no address that is not public, follows no redirect and reads no more than it may', async () => {
  await expect(createGuardedFetch()(url)).rejects.toMatchObject({ code: 'address-not-allowed' });
  const fetch = createGuardedFetch({ allowsAddress: () => true, bytesMax: 1_000 });
  await expect(fetch(`${url}/away`, { method: 'POST', body: '' })).rejects.toMatchObject({
    code: 'too-many-redirects',
  });
  await expect(fetch(`${url}/large`)).rejects.toMatchObject({ code: 'answer-too-large' });
  expect((await fetch(url, { headers: { accept: 'text/event-stream' } })).status).toBe(405);
});
