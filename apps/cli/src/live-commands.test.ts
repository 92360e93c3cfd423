import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runTyped } from './run-typed.fixture.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

const piece = (kind: string, from: number, text: string) => {
  // One call thinks, the other speaks.
  const callId = kind === 'reasoning' ? 'c2' : 'c1';
  return `event: text\ndata: ${JSON.stringify({ goalId: 'g', taskNo: 3, agent: 'scout', callId, kind, from, text })}\n\n`;
};

/** Streams what is said, then ends the goal. */
async function goalThatSays(...pieces: readonly string[]): Promise<string> {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    if (request.method === 'POST') {
      response.writeHead(201, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify({ url: 'http://b/x?y', expiresAt: 0, hash: 'sha256:1', sizeBytes: 3 }));
    }
    if (path.endsWith('/artifacts')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      const items = [{ name: 'a.txt', hash: 'sha256:1', goalId: 'g', mediaType: 'text/plain', at: 0, href: '/x' }];
      return void response.end(JSON.stringify({ items }));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (path.includes('/text/stream')) return void response.write(pieces.join(''));
    setTimeout(() => response.end('event: end\ndata: {}\n\n'), 300);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const run = (url: string, ...args: readonly string[]) => runTyped(url, args, { now: () => 0 });

test('[CLI33] what models say is printed as it comes, with who says it, and ends with the goal', async () => {
  const url = await goalThatSays(
    piece('text', 0, 'One'),
    piece('text', 3, ' two'),
    piece('text', 50, 'ten'),
    piece('tool-call', 53, 'search'),
    piece('end', 59, ''),
    piece('reasoning', 0, 'Hm'),
  );
  const { code, out } = await run(url, 'goal', 'listen', 'g');
  expect(code).toBe(0);
  expect(out).toContain('scout, task 3 of g\nOne two … ten\ncalls search\n');
  expect(out.match(/scout, task 3 of g/g)).toHaveLength(2);
  expect(out.trimEnd().endsWith('Hm')).toBe(true);
});

test('[CLI33] what models say cannot move the cursor, and is whole in --json', async () => {
  const nasty = 'a\u001B[2Jb\u0007';
  const url = await goalThatSays(piece('text', 0, nasty));
  const printed = (await run(url, 'goal', 'listen', 'g')).out;
  expect(printed).not.toContain('\u001B');
  expect(printed).not.toContain('\u0007');
  const { out } = await run(url, 'goal', 'listen', 'g', '--json');
  expect(JSON.parse(out)).toMatchObject({ agent: 'scout', text: nasty });
});

test('[CLI34] a link stands alone on standard output, and what is said of it beside', async () => {
  const { code, out, error } = await run(await goalThatSays(), 'artifact', 'link', 'g', 'a.txt');
  expect({ code, out }).toEqual({ code: 0, out: 'http://b/x?y\n' });
  expect(error).toContain('sha256:1');
});
