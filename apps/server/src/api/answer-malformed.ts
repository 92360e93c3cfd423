// Answers what is no HTTP at all. There is no request object yet, only a socket.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { refused } from '@chorale/lib-errors';
import { securityHeaders } from './guard-request.ts';
import { problemMediaType, toProblem } from './problem.ts';

export function answerMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(refusalOf(error.code), 'none');
  const body = JSON.stringify(problem);
  const headers = {
    ...securityHeaders,
    'content-type': problemMediaType,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

function refusalOf(code: string | undefined) {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refused('request-timeout', 'the request did not arrive in time');
    case 'HPE_HEADER_OVERFLOW':
      return refused('headers-too-large', 'the headers are larger than this server takes');
    case undefined:
    default:
      return refused('request-malformed', 'this is not HTTP');
  }
}
