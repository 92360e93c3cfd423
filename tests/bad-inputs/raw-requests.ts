// Requests that no HTTP library would send: two lengths, bad chunks, NUL, overlong and dotted addresses, and what is hidden
// behind another request.

import { connect } from 'node:net';

export interface RawRequest {
  readonly name: string;
  /** `HOST` and `AUTH` are filled in. */
  readonly bytes: string;
  /** A second request is inside, and must not be answered. */
  readonly hides?: true;
}

const hidden =
  'POST /v1/goals HTTP/1.1\r\nhost: HOST\r\nauthorization: AUTH\r\ncontent-type: application/json\r\ncontent-length: 22\r\n\r\n{"workflow":"smuggled"}';
const head =
  'POST /v1/workflows/validate HTTP/1.1\r\nhost: HOST\r\nauthorization: AUTH\r\ncontent-type: application/json\r\n';
const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: HOST\r\nauthorization: AUTH\r\n${more}connection: close\r\n\r\n`;

const smuggling: readonly RawRequest[] = [
  {
    name: 'length and chunks',
    bytes: `${head}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    hides: true,
  },
  {
    name: 'chunks and length',
    bytes: `${head}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    hides: true,
  },
  { name: 'two lengths', bytes: `${head}content-length: 2\r\ncontent-length: 0\r\n\r\n{}${hidden}`, hides: true },
  { name: 'lengths in one', bytes: `${head}content-length: 2, 0\r\n\r\n{}${hidden}`, hides: true },
  {
    name: 'two encodings',
    bytes: `${head}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
    hides: true,
  },
  { name: 'encoding unknown', bytes: `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`, hides: true },
  {
    name: 'encoding with a tab',
    bytes: `${head}transfer-encoding:\tchunked\x0b\r\n\r\n0\r\n\r\n${hidden}`,
    hides: true,
  },
  { name: 'space before the colon', bytes: `${head}content-length : 2\r\n\r\n{}${hidden}`, hides: true },
  {
    name: 'folded header',
    bytes: `${head}x: a\r\n transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n{}`,
    hides: true,
  },
  { name: 'bare line feed', bytes: `${head}x: a\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`, hides: true },
  {
    name: 'bare carriage return',
    bytes: `${head}x: a\rtransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n{}`,
    hides: true,
  },
  { name: 'negative length', bytes: `${head}content-length: -1\r\n\r\n{}${hidden}`, hides: true },
  { name: 'length with a sign', bytes: `${head}content-length: +2\r\n\r\n{}${hidden}`, hides: true },
  { name: 'length in hex', bytes: `${head}content-length: 0x2\r\n\r\n{}${hidden}`, hides: true },
  { name: 'endless length', bytes: `${head}content-length: 99999999999999999999\r\n\r\n{}`, hides: true },
];

const chunks: readonly RawRequest[] = [
  'zz\r\n{}\r\n0\r\n\r\n',
  '-1\r\n{}\r\n0\r\n\r\n',
  '2 \r\n{}\r\n0\r\n\r\n',
  '2\r\n{}XX0\r\n\r\n',
  'fffffffffffffffff\r\n{}\r\n',
  `2;${'x'.repeat(40_000)}\r\n{}\r\n0\r\n\r\n`,
  '2\n{}\n0\n\n',
  '0x2\r\n{}\r\n0\r\n\r\n',
  '2\r\n{}\r\n0\r\nx: \0\r\n\r\n',
  '\r\n\r\n',
].map((body, index) => ({ name: `chunk ${index}`, bytes: `${head}transfer-encoding: chunked\r\n\r\n${body}` }));

const addresses: readonly RawRequest[] = [
  '/v1/goals/../../etc/passwd',
  '/v1/goals/%2e%2e/%2e%2e/etc/passwd',
  '/v1/goals/..%2f..%2fetc',
  '/v1/goals/%00',
  '/v1/goals/a\0b',
  '/v1//goals',
  '//v1/goals',
  '///',
  '/\\v1\\goals',
  '/v1/goals;x=1',
  '/v1/goals/%',
  '/v1/goals/%zz',
  '/v1/goals/%c0%ae%c0%ae',
  '/v1/goals/%ff',
  '/v1/goals/%e0%80%af',
  '/v1/./goals',
  '/V1/GOALS',
  '/v1/goals/',
  '/v1/goals#x',
  '/v1/goals?#',
  `/v1/goals?${'a=1&'.repeat(3_000)}`,
  `/${'a'.repeat(14_000)}`,
  `/${'a/'.repeat(5_000)}`,
  `/v1/goals?limit=${'9'.repeat(5_000)}`,
  '/v1/goals?limit[]=1&limit[$ne]=2',
  '/v1/goals?__proto__[x]=1',
  '/v1/goals?constructor.prototype=1',
  '*',
  'v1/goals',
  'http://evil.example/v1/goals',
  'http://HOST/v1/goals',
  '/assets/..%2f..%2fpackage.json',
  '/assets/../../package.json',
  '/.env',
  '/.git/config',
  '/index.html/../../x',
  '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
].map((path) => ({ name: `address ${path.slice(0, 40).replaceAll('\0', '␀')}`, bytes: get(path) }));

const headers: readonly RawRequest[] = [
  'x: a\0b\r\n',
  'x\0y: a\r\n',
  ': a\r\n',
  'x y: a\r\n',
  'x\r\n',
  `x: ${'y'.repeat(20_000)}\r\n`,
  'x: y\r\n'.repeat(3_000),
  'host: evil.example\r\n',
  'content-length: 5\r\n',
  'expect: 200-maybe\r\n',
  'expect: 100-continue\r\n',
  'upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n',
  'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n',
  'range: bytes=0-18446744073709551615\r\n',
  `range: bytes=${'0-0,'.repeat(2_000)}0-0\r\n`,
  'x-forwarded-for: 127.0.0.1\r\nx-forwarded-host: evil.example\r\nx-forwarded-proto: https\r\n',
  'x-http-method-override: DELETE\r\n',
  'x-original-url: /v1/secrets\r\nx-rewrite-url: /v1/secrets\r\n',
  'authorization: Basic \xff\xff\r\n',
  `cookie: ${'a=b; '.repeat(2_000)}\r\n`,
  'cookie: __Host-chorale=\xff; =; ;;;\r\n',
  'if-none-match: W/"\xff"\r\n',
  'last-event-id: -1\r\n',
  'accept-encoding: gzip;q=9e99, *;q=-1\r\n',
  'content-type: application/json; charset=utf-7\r\n',
  'te: trailers, chunked;q=0.5\r\n',
  'connection: close, content-length, host\r\n',
  'proxy-connection: keep-alive\r\nproxy-authorization: x\r\n',
].map((more, index) => ({ name: `header ${index}`, bytes: get('/v1/goals', more) }));

const lines: readonly RawRequest[] = [
  'GET /v1/goals\r\n\r\n',
  'GET /v1/goals HTTP/0.9\r\n\r\n',
  'GET /v1/goals HTTP/9.9\r\nhost: HOST\r\n\r\n',
  'GET  /v1/goals  HTTP/1.1\r\nhost: HOST\r\n\r\n',
  'GET /v1/goals HTTP/1.1\r\n\r\n',
  'get /v1/goals HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n\r\n',
  'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n',
  'TRACE / HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n\r\n',
  'PROPFIND / HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n\r\n',
  `${'A'.repeat(20_000)} / HTTP/1.1\r\nhost: HOST\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  '\0\0\0\0',
  '\r\n\r\n\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: HOST\r\nhost: HOST\r\nconnection: close\r\n\r\n',
  'GET http:///x HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n\r\n',
].map((bytes, index) => ({ name: `line ${index}`, bytes }));

export const rawRequests: readonly RawRequest[] = [...smuggling, ...chunks, ...addresses, ...headers, ...lines];

/** All that comes back until the connection is closed; a server that waits for more is hung up on. */
export function sendRaw(baseUrl: string, { bytes }: RawRequest, authorization: string): Promise<string> {
  const { hostname, port, host } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    let timer = setTimeout(() => socket.destroy(), 5_000);
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), 300);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.write(Buffer.from(bytes.replaceAll('HOST', host).replaceAll('AUTH', authorization), 'latin1'));
  });
}

export function statusesIn(answer: string): readonly number[] {
  return [...answer.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status));
}
