// Who sends slowly, or reads slowly, keeps no place that others wait for.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

const limits = { atOnce: 4, waiting: 6, waitMs: 300 };

let at: TestApi;
let webRoot: string;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
  webRoot = await mkdtemp(join(tmpdir(), 'chorale-slow-'));
  at = await startTestApi({ admission: limits, webRoot });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await at.close();
  await rm(webRoot, { recursive: true, force: true });
});

function open(text: string): Socket {
  const { hostname, port } = new URL(at.baseUrl);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  socket.write(text);
  sockets.push(socket);
  return socket;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const head = (method: string, path: string, more = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
const json = (length: number) => `Content-Type: application/json\r\nContent-Length: ${length}\r\n`;

test('[API172] what has not arrived yet keeps no place: many who never send the rest keep nobody waiting', async () => {
  for (let no = 0; no < 20; no++) open(`${head('POST', '/v1/login/password', json(100))}{"login":`);
  await pause(100);
  for (let no = 0; no < 10; no++) expect((await fetch(`${at.baseUrl}/openapi.json`)).status).toBe(200);
});

test('[API172] a request that arrives in pieces is answered when all of it is there', async () => {
  const body = JSON.stringify({ definition: "tasks:\n  ask: { approval: 'Well?' }\n" });
  const socket = open(`${head('POST', '/v1/goals', json(body.length))}${body.slice(0, 10)}`);
  const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  await pause(100);
  socket.write(body.slice(10));
  expect(await answered).toMatch(/^HTTP\/1\.1 201 /);
});

test('[API172] an answer that is not taken keeps no place', async () => {
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<title>page</title>');
  await writeFile(join(webRoot, 'assets', 'large.js'), Buffer.alloc(32 * 1024 * 1024, 32));
  // Nobody reads what comes: it fills the buffers of both ends.
  for (let no = 0; no < 5; no++) open(head('GET', '/assets/large.js'));
  await pause(500);
  for (let no = 0; no < 10; no++) expect((await fetch(`${at.baseUrl}/openapi.json`)).status).toBe(200);
});
