// An upstream of least cost for benchmarks: it checks nothing and says the same to everybody. Run by itself, it prints its
// port on one line of JSON and serves until its input ends.
//
//   node tests/stand-ins/plain-upstream.ts
//
// Invariants: PU1 every answer was made before the first request came: what is measured is the caller.
//             PU2 a stream has 64 chunks of content, then the end, usage and [DONE], each written by itself.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface PlainUpstream {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const contentChunks = 64;
const head = { id: 'chatcmpl-plain', created: 1_750_000_000, model: 'plain' };
const usage = {
  prompt_tokens: 20,
  completion_tokens: contentChunks,
  total_tokens: 20 + contentChunks,
  prompt_tokens_details: { cached_tokens: 0 },
};

const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'word '.repeat(contentChunks).trim(), refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
  }),
);

function event(rest: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...rest })}\n\n`);
}

const delta = (change: object, finish: string | null = null): Buffer =>
  event({ choices: [{ index: 0, delta: change, logprobs: null, finish_reason: finish }] });

const chunks: readonly Buffer[] = [
  delta({ role: 'assistant', content: '' }),
  ...Array.from({ length: contentChunks }, () => delta({ content: 'word ' })),
  delta({}, 'stop'),
  event({ choices: [], usage }),
  Buffer.from('data: [DONE]\n\n'),
];

const models = Buffer.from(
  JSON.stringify({ object: 'list', data: [{ id: 'plain', object: 'model', created: 0, owned_by: 'bench' }] }),
);

function sendWhole(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** A chunk a turn of the loop, so that they do not melt into one write. */
function sendStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  let at = 0;
  const next = (): void => {
    const chunk = chunks[at];
    at += 1;
    if (response.destroyed) return;
    if (chunk === undefined) {
      response.end();
      return;
    }
    if (response.write(chunk)) setImmediate(next);
    else response.once('drain', next);
  };
  next();
}

function onRequest(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET') {
    request.resume();
    sendWhole(response, models);
    return;
  }
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces);
    if (body.includes('"stream":true') || body.includes('"stream": true')) sendStream(response);
    else sendWhole(response, whole);
  });
}

export async function startPlainUpstream(): Promise<PlainUpstream> {
  const server = createServer({ keepAliveTimeout: 60_000 }, onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4_096, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the upstream has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const upstream = await startPlainUpstream();
  console.log(JSON.stringify({ port: upstream.port, url: upstream.url }));
  process.stdin.resume();
  process.stdin.once('end', () => void upstream.close().then(() => process.exit(0)));
}
