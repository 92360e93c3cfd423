// Writes an answer to the line, or breaks the line where a fault says so.

import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { TransportFault } from './fault.ts';
import type { Answer } from './protocol.ts';

/** Whether the answer was sent to its end. */
export type Sent = 'completed' | 'broken';

interface Line {
  readonly response: ServerResponse;
  /** Ends when the stand-in closes or the client goes away. */
  readonly gone: AbortSignal;
}

/** So that a client that leaves in the middle is noticed in the middle. */
const chunksAtOnce = 8;

async function hang({ gone }: Line): Promise<Sent> {
  await new Promise<void>((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener('abort', () => resolve(), { once: true });
  });
  return 'broken';
}

function reset({ response }: Line): Sent {
  response.socket?.resetAndDestroy();
  return 'broken';
}

/** What was written is on its way before the line breaks. */
async function flushed({ response }: Line): Promise<void> {
  response.flushHeaders();
  await nextTurn();
  await nextTurn();
}

function chunksOf(answer: Answer): readonly (string | Buffer)[] {
  if (answer.form === 'stream') return answer.chunks;
  const body = answer.form === 'json' ? Buffer.from(JSON.stringify(answer.body)) : answer.bytes;
  // In halves, so that a fault can fall into the middle.
  const half = Math.ceil(body.length / 2);
  return [body.subarray(0, half), body.subarray(half)];
}

function headersOf(answer: Answer): Record<string, string> {
  if (answer.form === 'stream')
    return { 'content-type': answer.contentType ?? 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
  return { 'content-type': answer.form === 'json' ? 'application/json' : answer.contentType };
}

/** Undefined: go on as if nothing were wrong. */
async function strike(line: Line, fault: TransportFault | undefined, at: number): Promise<Sent | undefined> {
  const { response } = line;
  switch (fault?.kind) {
    case 'reset-after-chunks':
      if (at < fault.chunks) return undefined;
      await flushed(line);
      return reset(line);
    case 'stall-after-chunks':
      return at < fault.chunks ? undefined : hang(line);
    case 'cut-short':
      if (at < fault.chunks) return undefined;
      response.end();
      return 'broken';
    case 'slow-drip':
      await pause(fault.delayMs, undefined, { signal: line.gone }).catch(() => {});
      return undefined;
    case 'malformed':
    case 'error-event':
    case 'reset-before-headers':
    case 'reset-after-headers':
    case 'stall-before-headers':
    case 'stall-after-headers':
    case undefined:
      return undefined;
  }
}

function spoiled(answer: Answer, fault: TransportFault | undefined): Answer {
  if (fault?.kind === 'malformed') {
    return answer.form === 'stream'
      ? {
          ...answer,
          chunks: answer.chunks.with(Math.min(fault.chunks ?? 0, answer.chunks.length - 1), 'data: {"id": "x", \n\n'),
        }
      : { form: 'bytes', contentType: 'application/json', bytes: Buffer.from('<html><body>Bad Gateway</body></html>') };
  }
  if (fault?.kind === 'error-event' && answer.form === 'stream') {
    return { ...answer, chunks: [...answer.chunks.slice(0, fault.chunks), answer.errorEvent(fault.chunks)] };
  }
  return answer;
}

export async function sendAnswer(
  line: Line,
  answer: Answer,
  more: { readonly headers: Readonly<Record<string, string>>; readonly fault: TransportFault | undefined },
): Promise<Sent> {
  const { response } = line;
  const { fault } = more;
  if (fault?.kind === 'reset-before-headers') return reset(line);
  if (fault?.kind === 'stall-before-headers') return hang(line);
  const sent = spoiled(answer, fault);
  const chunks = chunksOf(sent);
  const length =
    sent.form === 'stream'
      ? {}
      : { 'content-length': String(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))).length) };
  // A body that ends too early has no length to betray it.
  const plain = fault?.kind === 'cut-short' ? {} : length;
  response.writeHead(200, { ...headersOf(sent), ...plain, ...more.headers });
  if (fault?.kind === 'reset-after-headers' || fault?.kind === 'stall-after-headers') {
    await flushed(line);
    return fault.kind === 'reset-after-headers' ? reset(line) : hang(line);
  }
  for (const [at, chunk] of chunks.entries()) {
    const struck = await strike(line, fault, at);
    if (struck !== undefined) return struck;
    if (line.gone.aborted) return 'broken';
    const more = response.write(chunk);
    if (!more || (at + 1) % chunksAtOnce === 0) await nextTurn();
  }
  const struck = await strike(line, fault?.kind === 'slow-drip' ? undefined : fault, Number.POSITIVE_INFINITY);
  if (struck !== undefined) return struck;
  return finish(line, fault);
}

/** Completed only when everything was handed to the line and the client was still there. */
async function finish({ response, gone }: Line, fault: TransportFault | undefined): Promise<Sent> {
  await new Promise<void>((resolve) => {
    if (gone.aborted) return resolve();
    gone.addEventListener('abort', () => resolve(), { once: true });
    response.end(resolve);
  });
  const spoiledBody = fault?.kind === 'malformed' || fault?.kind === 'error-event';
  return response.writableFinished && !spoiledBody ? 'completed' : 'broken';
}
