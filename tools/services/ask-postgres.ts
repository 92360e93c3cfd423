// Asks a PostgreSQL server who it is, with the first message of its protocol and no client library: tools run before
// anything is known to work, and need one fact only.

import { connect, type Socket } from 'node:net';

export type PostgresAnswer =
  /** It let this user in without a password. */
  | { readonly kind: 'open'; readonly version: number }
  /** A server is there and wants a password, or refuses this user. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'silent' };

const answerWithinMs = 3_000;
const protocolVersion = 196_608;

/** `version` is the major version, as in 15. */
export function askPostgres(url: URL): Promise<PostgresAnswer> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port === '' ? '5432' : url.port), url.hostname);
    let received = Buffer.alloc(0);
    const finish = (answer: PostgresAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(answerWithinMs, () => finish({ kind: 'silent' }));
    socket.on('error', () => finish({ kind: 'silent' }));
    socket.on('end', () => finish({ kind: 'silent' }));
    socket.on('connect', () => sendStartup(socket, url));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const answer = readAnswer(received);
      if (answer !== undefined) finish(answer);
    });
  });
}

function sendStartup(socket: Socket, url: URL): void {
  const user = decodeURIComponent(url.username === '' ? 'postgres' : url.username);
  const database = url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : 'postgres';
  const fields = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + fields.length, 0);
  head.writeInt32BE(protocolVersion, 4);
  socket.write(Buffer.concat([head, fields]));
}

/** Reads messages (a letter, a length that includes itself, a body) until one of them answers the question. */
function readAnswer(received: Buffer): PostgresAnswer | undefined {
  let at = 0;
  while (at + 5 <= received.length) {
    const kind = String.fromCharCode(received.readUInt8(at));
    const end = at + 1 + received.readInt32BE(at + 1);
    if (end > received.length) return undefined;
    const body = received.subarray(at + 5, end);
    if (kind === 'E' || (kind === 'R' && body.readInt32BE(0) !== 0)) return { kind: 'closed' };
    const [name, value] = kind === 'S' ? body.toString().split('\0') : [];
    if (name === 'server_version') return { kind: 'open', version: Number.parseInt(value ?? '', 10) };
    at = end;
  }
  return undefined;
}
