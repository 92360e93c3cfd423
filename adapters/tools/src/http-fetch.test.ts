// Against real servers on this machine's loopback, reached through a resolver of the test's.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isPublicAddress } from './address-guard.ts';
import { createHttpFetch } from './http-fetch.ts';
import { openToolBench, type ToolBench } from './tool-bench.ts';

const servers: Server[] = [];
let bench: ToolBench;
/** What names lead to; each answer is used once, the last for ever. */
let answers: Record<string, string[]>;
let port: number;
let seen: IncomingMessage[];

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** 127.0.0.1 stands for a public host here; every other private address is refused as in production. */
const allowsAddress = (address: string): boolean => address === '127.0.0.1' || isPublicAddress(address);

const resolveName = (name: string): Promise<readonly string[]> => {
  const list = answers[name] ?? [];
  const answer = list.length > 1 ? list.shift() : list[0];
  return Promise.resolve(answer === undefined ? [] : answer.split(' '));
};

beforeEach(async () => {
  seen = [];
  answers = { 'public.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'], 'inner.test': ['10.0.0.5'] };
});
afterEach(async () => {
  await bench.close();
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

async function open(listener: RequestListener, more: { ports?: readonly number[] } = {}): Promise<string> {
  port = await serve(listener);
  bench = await openToolBench([createHttpFetch({ resolveName, allowsAddress, ports: more.ports ?? [port] })]);
  return `http://public.test:${port}`;
}

const outputOf = async (args: Parameters<ToolBench['call']>[1], limits?: Parameters<ToolBench['call']>[2]) =>
  (await bench.call('http-fetch', args, limits)).output as Readonly<Record<string, unknown>>;

describe('http-fetch', () => {
  test('[HF3] gives status, headers and text, whatever the status', async () => {
    const base = await open((_request, response) => {
      response.writeHead(404, {
        'content-type': 'text/plain; charset=iso-8859-1',
        'x-one': 'a',
        'set-cookie': 'secret=1',
      });
      response.end(Buffer.from('caf\xe9', 'latin1'));
    });
    const output = await outputOf({ url: `${base}/path?q=1` });
    expect(output).toMatchObject({ status: 404, text: 'café', truncated: false, url: `${base}/path?q=1` });
    expect(output['headers']).toMatchObject({ 'x-one': 'a' });
    expect(JSON.stringify(output)).not.toContain('secret');
    expect(seen[0]?.headers.host).toBe(`public.test:${port}`);
  });

  test('[HF14] a header of the grant has a secret that the model neither sets nor sends elsewhere', async () => {
    const elsewhere = await serve((request, response) => response.end(JSON.stringify(request.headers)));
    const base = await open(
      (request, response) => {
        if (request.url === '/away') response.writeHead(302, { location: `http://other.test:${elsewhere}/` });
        response.end(JSON.stringify({ token: request.headers['x-token'], bearer: request.headers.authorization }));
      },
      { ports: [] },
    );
    await bench.close();
    bench = await openToolBench([createHttpFetch({ resolveName, allowsAddress, ports: [port, elsewhere] })]);
    const limits = {
      hosts: ['public.test', 'other.test'],
      headers: { 'X-Token': 'secret:TOKEN', Authorization: 'Bearer secret:KEY' },
    };
    const { text: told } = await outputOf({ url: base, headers: { 'x-token': 'of the model' } }, limits);
    expect(JSON.parse(told as string)).toEqual({
      token: 'value of secret:TOKEN',
      bearer: 'Bearer value of secret:KEY',
    });
    const { text: away } = await outputOf({ url: `${base}/away` }, limits);
    expect(away).toContain(`other.test:${elsewhere}`);
    expect(away).not.toContain('value of');
    // Without hosts it could go anywhere; what is no reference would be a value in a file that is not secret.
    const headers = { 'X-Token': 'secret:TOKEN' };
    for (const wrong of [{ headers }, { hosts: ['public.test'], headers: { 'X-Token': 'plain' } }])
      await expect(outputOf({ url: base }, wrong)).rejects.toMatchObject({ code: 'invalid-tool-grant' });
    await expect(outputOf({ url: `http://inner.test:${port}` }, limits)).rejects.toMatchObject({ family: 'refused' });
  });

  test('[HF3] sends method, headers and body when the grant says so', async () => {
    const bodies: string[] = [];
    const base = await open((request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        response.end(request.headers['x-token']);
      });
    });
    const args = { url: base, method: 'POST', headers: { 'X-Token': 't' }, body: 'hello' };
    await expect(outputOf(args)).rejects.toMatchObject({ family: 'refused', code: 'method-not-granted' });
    expect(seen).toHaveLength(0);
    expect(await outputOf(args, { methods: ['POST'] })).toMatchObject({ status: 200 });
    expect(bodies).toEqual(['hello']);
  });

  test('[HF4] reaches only the hosts of its grant', async () => {
    const base = await open((_request, response) => response.end('ok'));
    await expect(outputOf({ url: base }, { hosts: ['other.test', '*.public.test'] })).rejects.toMatchObject({
      code: 'host-not-granted',
    });
    expect(await outputOf({ url: base }, { hosts: ['*.test'] })).toMatchObject({ status: 200 });
    expect(await outputOf({ url: base }, { hosts: ['PUBLIC.test'] })).toMatchObject({ status: 200 });
  });

  test('[HF5] refuses schemes, ports, credentials in the URL and headers of the connection', async () => {
    const base = await open((_request, response) => response.end('ok'));
    const refusals: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ url: 'file:///etc/passwd' }, 'url-not-usable'],
      [{ url: 'gopher://public.test/' }, 'url-not-usable'],
      [{ url: 'not a url' }, 'url-not-usable'],
      [{ url: `http://user:word@public.test:${port}/` }, 'url-not-usable'],
      [{ url: 'http://public.test:22/' }, 'port-not-allowed'],
      [{ url: base, headers: { Host: 'inner.test' } }, 'header-not-usable'],
      [{ url: base, headers: { 'Transfer-Encoding': 'chunked' } }, 'header-not-usable'],
      [{ url: base, headers: { 'x-a': 'b\r\nx-c: d' } }, 'header-not-usable'],
      [{ url: base, headers: { 'x a': 'b' } }, 'header-not-usable'],
    ];
    for (const [args, code] of refusals) {
      await expect(outputOf(args as never), JSON.stringify(args)).rejects.toMatchObject({ family: 'refused', code });
    }
    expect(seen).toHaveLength(0);
  });

  test('[HF6] refuses private addresses, by number or by name, before it connects', async () => {
    await open((_request, response) => response.end('ok'));
    for (const host of ['10.0.0.1', '169.254.169.254', '[::1]', '[::ffff:10.0.0.1]', 'inner.test', '0x0a000001']) {
      await expect(outputOf({ url: `http://${host}:${port}/` }), host).rejects.toMatchObject({
        code: 'address-not-allowed',
      });
    }
    expect(seen).toHaveLength(0);
  });

  test('[HF7] a name that answers differently the second time gains nothing', async () => {
    const base = await open((_request, response) => response.end('reached'));
    // Judged as public, and private from then on: the connection goes to what was judged.
    answers['rebinding.test'] = ['127.0.0.1', '10.0.0.5'];
    expect(await outputOf({ url: base.replace('public', 'rebinding') })).toMatchObject({
      status: 200,
      text: 'reached',
    });
    // The next call judges anew.
    await expect(outputOf({ url: base.replace('public', 'rebinding') })).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
    expect(seen).toHaveLength(1);
  });

  test('[HF8] judges every redirect as if it had been asked for', async () => {
    let location = '';
    const base = await open((request, response) => {
      if (request.url !== '/start') response.end('landed');
      else response.writeHead(302, { location }).end();
    });
    const start = { url: `${base}/start` };
    for (const target of [
      `http://inner.test:${port}/`,
      `http://10.0.0.5:${port}/`,
      `http://[::1]:${port}/`,
      'http://169.254.169.254:80/',
    ]) {
      location = target;
      await expect(outputOf(start), target).rejects.toMatchObject({
        code: target.includes(':80/') ? 'port-not-allowed' : 'address-not-allowed',
      });
    }
    location = 'file:///etc/passwd';
    await expect(outputOf(start)).rejects.toMatchObject({ code: 'url-not-usable' });
    location = `http://other.test:${port}/fine`;
    expect(await outputOf(start)).toMatchObject({ text: 'landed', url: location, redirects: [location] });
    await expect(outputOf(start, { hosts: ['public.test'] })).rejects.toMatchObject({ code: 'host-not-granted' });
  });

  test('[HF8] a name behind a redirect that rebinds is judged at that moment', async () => {
    const base = await open((request, response) => {
      if (request.url === '/start') response.writeHead(302, { location: '/next' }).end();
      else response.end('landed');
    });
    answers['rebinding.test'] = ['127.0.0.1', '10.0.0.5'];
    await expect(outputOf({ url: `${base.replace('public', 'rebinding')}/start` })).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
  });

  test('[HF8] follows a bounded number of redirects', async () => {
    let hops = 0;
    const base = await open((_request, response) => response.writeHead(302, { location: `/${hops++}` }).end());
    await expect(outputOf({ url: base })).rejects.toMatchObject({ family: 'refused', code: 'too-many-redirects' });
    expect(seen).toHaveLength(6);
  });

  test('[HF9] credentials stay with the origin they were given for, and a redirected POST becomes a GET', async () => {
    const base = await open((request, response) => {
      if (request.url === '/start') response.writeHead(303, { location: `http://other.test:${port}/end` }).end();
      else response.end('landed');
    });
    const headers = { Authorization: 'Bearer x', Cookie: 'a=b', 'X-Other': 'kept', 'Content-Type': 'text/plain' };
    await outputOf({ url: `${base}/start`, method: 'POST', headers, body: 'x' }, { methods: ['POST', 'GET'] });
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer x', cookie: 'a=b' });
    expect(seen[1]?.method).toBe('GET');
    expect(seen[1]?.headers).toMatchObject({ 'x-other': 'kept' });
    for (const name of ['authorization', 'cookie', 'content-type']) expect(seen[1]?.headers).not.toHaveProperty(name);
  });

  test('[HF10] reads a bounded number of bytes, also of what is packed to a fraction', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
    const base = await open((request, response) => {
      if (request.url === '/bomb')
        response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(bomb);
      else response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(5_000_000));
    });
    for (const path of ['/bomb', '/plain']) {
      expect(await outputOf({ url: base + path, bytesMax: 1000 })).toMatchObject({ sizeBytes: 1000, truncated: true });
    }
  });

  test('[HF10] keeps a long text whole and shows its ends; bytes are kept and not shown', async () => {
    const base = await open((request, response) => {
      if (request.url === '/bytes')
        response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0, 1, 0xff]));
      else response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${'é'.repeat(60_000)}</p>`);
    });
    const long = await outputOf({ url: base });
    expect(long).toMatchObject({ truncated: true, sizeBytes: 120_007 });
    expect(long['text']).toMatch(/^<p>é+\n\[… .* the artifact body\.txt …\]\né+<\/p>$/);
    expect(bench.kept.get('body.txt')).toHaveLength(60_007);
    expect(await outputOf({ url: `${base}/bytes` })).toMatchObject({ artifact: 'body', sizeBytes: 3 });
    expect(bench.kept.get('body')).toBe('\x00\x01\xff');
  });

  test('[HF11] ends in time: a server that does not answer, and one that never finishes', async () => {
    const base = await open((request, response) => {
      if (request.url === '/drip')
        response
          .writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' })
          .write(gzipSync('x').subarray(0, 5));
    });
    for (const path of ['/silent', '/drip']) {
      await expect(outputOf({ url: base + path, timeoutMs: 300 }), path).rejects.toMatchObject({
        family: 'temporary',
        code: 'http-timed-out',
      });
    }
    const cancelled = bench.callWith({ signal: AbortSignal.timeout(200) }, 'http-fetch', { url: `${base}/silent` });
    await expect(cancelled).rejects.toMatchObject({ code: 'http-cancelled' });
  });

  test('[HF11] a connection that is refused or broken may be tried again', async () => {
    const base = await open((_request, response) => response.destroy());
    await expect(outputOf({ url: base })).rejects.toMatchObject({ family: 'temporary', code: 'http-failed' });
  });

  test('[HF12] goes past any proxy that the environment names', async () => {
    const base = await open((_request, response) => response.end('direct'));
    const before = { ...process.env };
    Object.assign(process.env, {
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      NODE_USE_ENV_PROXY: '1',
    });
    try {
      expect(await outputOf({ url: base })).toMatchObject({ status: 200 });
    } finally {
      process.env = before;
    }
  });

  test('[HF21] says what a call does, and what leaves with it', () => {
    const { effects, sends } = createHttpFetch();
    const whole = { url: 'https://a.example/', method: 'GET', headers: {}, bytesMax: 1, timeoutMs: 1 };
    const does = (method: string, limits: object) =>
      (effects as (args: object, limits: object) => string)({ ...whole, method }, limits);
    expect([does('GET', {}), does('HEAD', {}), does('GET', { hosts: ['a.example'] })]).toEqual([
      'exfiltrates',
      'exfiltrates',
      'reads',
    ]);
    expect([does('POST', {}), does('DELETE', { hosts: ['a.example'] })]).toEqual(['irreversible', 'irreversible']);
    const leaves = (more: object) => sends?.({ ...whole, ...more } as never);
    expect(leaves({})).toEqual(['https://a.example/']);
    for (const more of [{ method: 'POST' }, { headers: { a: 'b' } }, { body: 'x' }])
      expect(leaves(more)).toBeUndefined();
  });

  test('[HF13] only reading is idempotent', () => {
    const { idempotent } = createHttpFetch();
    const of = (method: string) => typeof idempotent === 'function' && idempotent({ method } as never);
    expect([of('GET'), of('HEAD'), of('POST'), of('DELETE')]).toEqual([true, true, false, false]);
  });
});
