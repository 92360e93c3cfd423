import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';
import { bodySizeBytesMax } from './create-api.ts';
import { routes } from './routes/index.ts';

let at: TestApi;
beforeAll(async () => {
  at = await startTestApi({ hosts: ['chorale.lan'] });
});
afterAll(() => at.close());

const json = { 'content-type': 'application/json' };

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(`${at.baseUrl}${path}`, init);
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true && text !== '';
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    problem: isJson ? (JSON.parse(text) as { code: string; instance: string }) : undefined,
  };
}

/** Sends bytes as they are and gives all that comes back: fetch would not send a wrong Host, or what is no HTTP. */
function raw(text: string): Promise<string> {
  const { port, hostname } = new URL(at.baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (piece) => (answer += piece.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.end(text);
  });
}
const rawGet = (path: string, headers: string): Promise<string> =>
  raw(`GET ${path} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`);

test('[API1] every refusal is a problem with its request id, and says whether trying again helps', async () => {
  const { status, headers, problem } = await ask('/v1/goals/goal_none');
  expect(status).toBe(404);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(problem).toMatchObject({
    code: 'goal-not-found',
    family: 'refused',
    retryable: false,
    status: 404,
    title: 'Not Found',
  });
  expect(problem?.instance).toBe(headers.get('x-request-id'));
  expect(at.log.some(({ requestId, route }) => requestId === problem?.instance && route === '/v1/goals/:goalId')).toBe(
    true,
  );
});

test('[API2] an address that is not there is 404, and its text is not repeated', async () => {
  const { status, text } = await ask('/v1/<script>alert(1)</script>?q=<img>');
  expect(status).toBe(404);
  expect(text).not.toMatch(/script|alert|img/);
});

test('[API3] a method that an address does not take is 405 with Allow', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/v1/goals', 'GET, HEAD, POST'],
    ['PUT', '/v1/goals/goal_1', 'GET, HEAD'],
    ['GET', '/v1/goals/goal_1/pause', 'POST'],
    ['OPTIONS', '/healthz', 'GET, HEAD'],
  ] as const) {
    const { status, headers } = await ask(path, { method });
    expect({ path, status, allow: headers.get('allow') }).toEqual({ path, status: 405, allow });
  }
});

test('[API4] HEAD answers as GET does, without a body', async () => {
  const { status, text, headers } = await ask('/v1/goals', { method: 'HEAD' });
  expect({ status, text }).toEqual({ status: 200, text: '' });
  expect(headers.get('content-type')).toContain('application/json');
});

test('[API8] a Host that is neither loopback nor configured is refused: a foreign name may point here', async () => {
  for (const [host, expected] of [
    ['evil.example', 403],
    ['evil.example:80', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example', 403],
    ['', 403],
    ['localhost:1234', 200],
    ['LOCALHOST', 200],
    ['[::1]:7717', 200],
    ['chorale.lan:7717', 200],
  ] as const) {
    expect(await rawGet('/healthz', `host: ${host}\r\n`), host).toMatch(new RegExp(`^HTTP/1.1 ${expected} `));
  }
});

test('[API9] a change that a page of another origin sends is refused, one of the same origin is not', async () => {
  const body = JSON.stringify({ workflow: 'listens' });
  const send = (headers: Record<string, string>) =>
    ask('/v1/goals', { method: 'POST', body, headers: { ...json, ...headers } });
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.example', '%']) {
    expect((await send({ origin })).problem, origin).toMatchObject({ code: 'origin-refused', status: 403 });
  }
  expect((await send({ origin: at.baseUrl })).status).toBe(201);
  expect((await send({})).status).toBe(201);
});

test('[API9] browsers that say where a change comes from are believed', async () => {
  const { port, host } = new URL(at.baseUrl);
  const send = (site: string) =>
    raw(
      `POST /v1/goals HTTP/1.1\r\nhost: ${host}\r\nsec-fetch-site: ${site}\r\ncontent-type: application/json\r\ncontent-length: 22\r\nconnection: close\r\n\r\n{"workflow":"listens"}`,
    );
  expect(port).not.toBe('');
  expect(await send('cross-site')).toMatch(/^HTTP\/1.1 403 /);
  expect(await send('same-site')).toMatch(/^HTTP\/1.1 403 /);
  expect(await send('same-origin')).toMatch(/^HTTP\/1.1 201 /);
});

test('[API10] a body that is not JSON by its type is refused, so that a plain form can change nothing', async () => {
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
  ]) {
    const { problem } = await ask('/v1/goals', {
      method: 'POST',
      body: '{"workflow":"listens"}',
      headers: { 'content-type': type },
    });
    expect(problem, type).toMatchObject({ status: 415, code: 'media-type-unsupported' });
  }
});

test('[API15] a body larger than allowed is refused before it is read', async () => {
  const body = JSON.stringify({ workflow: 'listens', inputs: { x: 'y'.repeat(bodySizeBytesMax) } });
  expect((await ask('/v1/goals', { method: 'POST', body, headers: json })).problem).toMatchObject({
    status: 413,
    code: 'body-too-large',
  });
});

test('[API15] long addresses, broken escapes and headers without end are refused, never answered with 5xx', async () => {
  expect((await ask(`/v1/goals/${'x'.repeat(600)}`)).problem).toMatchObject({ status: 414 });
  expect((await ask('/v1/goals/%E0%A4%A')).problem).toMatchObject({ status: 400, code: 'request-malformed' });
  const { host } = new URL(at.baseUrl);
  expect(await rawGet('/healthz', `host: ${host}\r\nx: ${'y'.repeat(100_000)}\r\n`)).toMatch(
    /^HTTP\/1.1 431 .*headers-too-large/s,
  );
  expect(await raw('how do you do?\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*request-malformed/s);
});

test('[API14] a query that a route does not know is refused, with what was probably meant', async () => {
  expect((await ask('/v1/goals?limt=3')).problem).toMatchObject({
    issues: [{ at: 'query.limt', message: 'is not known; did you mean limit?' }],
  });
  expect((await ask('/v1/workers?x=1')).status).toBe(400);
  expect((await ask('/v1/goals?limit=1&limit=2')).status).toBe(400);
  for (const limit of ['0', '-1', '1.5', '1e3', '9'.repeat(30), ''])
    expect((await ask(`/v1/goals?limit=${limit}`)).status, limit).toBe(400);
});

test('[API16] every answer carries the security headers, refusals as well', async () => {
  for (const path of ['/healthz', '/v1/goals/goal_none', '/v1/nothing', '/v1/goals/%E0%A4%A']) {
    const { headers } = await ask(path);
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy'), path).toBe('same-origin');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('cache-control'), path).toBe('no-store');
    expect(headers.get('access-control-allow-origin'), path).toBeNull();
  }
});

test('[API17] every route that takes a body refuses one of the wrong kind with 400, none with 5xx', async () => {
  const posts = routes.filter(({ method, address }) => method === 'POST' && !address.includes('/signals/'));
  expect(posts.length).toBeGreaterThan(8);
  for (const { address } of posts) {
    for (const body of ['[]', '"text"', '3', 'null', '{"zzz":1}', '{"workflow":{}}', '{"changes":3}']) {
      const { status } = await ask(address.replaceAll(/\{\w+\}/g, 'x'), { method: 'POST', body, headers: json });
      expect({ address, body, refused: status >= 400 && status < 500 }).toEqual({ address, body, refused: true });
    }
  }
});

test('[API18] the process lives and is ready; what keeps it from its work is named', async () => {
  expect((await ask('/healthz')).text).toBe('{"status":"ok","version":"0.0.0-test"}');
  expect((await ask('/readyz')).text).toBe('{"status":"ready"}');
  const other = await startTestApi({ findObstacles: async () => ['the disk is full', 'no sandbox was found'] });
  const answer = await fetch(`${other.baseUrl}/readyz`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('2');
  expect(await answer.json()).toMatchObject({
    code: 'not-ready',
    retryable: true,
    detail: 'the disk is full; no sandbox was found',
  });
  await other.close();
});

test('[API6] a defect is answered with 500 and nothing else, and logged under the id of its request', async () => {
  const other = await startTestApi({
    runDoctor: async () => {
      throw new Error('secret detail');
    },
  });
  const answer = await fetch(`${other.baseUrl}/v1/doctor`);
  const text = await answer.text();
  expect(answer.status).toBe(500);
  expect(text).not.toContain('secret detail');
  const { instance } = JSON.parse(text) as { instance: string };
  expect(other.log.find(({ level }) => level === 'error')).toMatchObject({
    requestId: instance,
    error: { message: 'secret detail' },
  });
  await other.close();
});

test('[API20] the description of the API is served', async () => {
  const { status, text } = await ask('/openapi.json');
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.1', info: { version: '0.0.0-test' } });
});
