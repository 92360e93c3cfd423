// Reads a request to its end.

import type { IncomingMessage } from 'node:http';
import type { VendorRequest } from './protocol.ts';

const bytesMax = 64 * 1024 * 1024;

export async function readRequest(message: IncomingMessage): Promise<VendorRequest> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > bytesMax) throw new Error(`a request of more than ${bytesMax} bytes`);
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  return {
    method: message.method ?? 'GET',
    url: new URL(message.url ?? '/', 'http://127.0.0.1'),
    headers: message.headers,
    bytes,
    json: parse(bytes),
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return undefined;
  }
}
