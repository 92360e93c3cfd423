// A way to one server, opened and watched here instead of by the driver: one that says nothing while it owes an answer is
// ended, so that nobody waits for it for longer than is agreed. postgres.js has no such limit.
//
// Invariants: SO1 opening never fails towards the driver, which would lose the connection for good: it is handed a socket that
//                 breaks.
import { connect, isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { FrameCount } from './frame-count.ts';
import type { ServerAddress } from './server-address.ts';

export interface ServerTls {
  readonly secureContext?: SecureContext;
  /** `false` for an address that asks for TLS without a proof of who answers. */
  readonly rejectUnauthorized?: boolean;
}

export interface SocketOptions {
  readonly tls: ServerTls | undefined;
  readonly connectMs: number;
}

/** Rejects when the server is not there within `connectMs`. */
export function openSocket(server: ServerAddress, options: SocketOptions): Promise<Socket> {
  const { host, port } = server;
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => fail(lost(`${nameOf(server)} did not answer.`, 'CONNECT_TIMEOUT')),
      options.connectMs,
    );
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const finish = (open: Socket): void => {
      clearTimeout(timer);
      for (const each of [socket, open]) each.removeListener('error', fail).removeListener('close', gone);
      resolve(open);
    };
    const gone = (): void => fail(lost(`${nameOf(server)} hung up.`, 'CONNECTION_CLOSED'));
    socket.on('error', fail).on('close', gone);
    socket.once('connect', () => {
      socket.setNoDelay(true);
      if (options.tls === undefined) finish(socket);
      else shakeHands(socket, { host, tls: options.tls }).then(finish, fail);
    });
  });
}

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const yes = 'S'.codePointAt(0);

function shakeHands(
  socket: Socket,
  { host, tls }: { readonly host: string; readonly tls: ServerTls },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.write(sslRequest);
    socket.once('data', (answer: Buffer) => {
      if (answer[0] !== yes || answer.length > 1)
        return reject(lost(`The database server at ${host} does not speak TLS.`, 'CONNECTION_TLS_REFUSED'));
      const name = isIP(host) === 0 ? { servername: host } : { host };
      const secure = connectTls({ socket, ...tls, ...name });
      secure.once('error', reject).once('secureConnect', () => {
        secure.removeListener('error', reject);
        resolve(secure);
      });
    });
  });
}

/** What the driver is handed where there is no way: it breaks as soon as somebody listens. */
export function brokenSocket(error: Error): Duplex {
  const broken = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  setImmediate(() => broken.destroy(error));
  return broken;
}

export function lost(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

function nameOf({ host, port }: ServerAddress): string {
  return `The database server at ${host}:${port}`;
}

interface Watched {
  readonly socket: Socket;
  readonly frames: FrameCount;
  readonly silentMs: number;
  heardAt: number;
}

const watched = new Set<Watched>();
const lookEachMs = 500;
let looking: NodeJS.Timeout | undefined;

/**
 * Ends the socket when the server owes an answer and has been silent for `silentMs` (0: for as long as it likes), or hangs up
 * before it was ready.
 */
export function watchSocket(socket: Socket, silentMs: number): void {
  const frames = new FrameCount();
  const one: Watched = { socket, frames, silentMs, heardAt: performance.now() };
  const write = socket.write.bind(socket) as (chunk: Uint8Array, done?: () => void) => boolean;
  socket.write = ((chunk: Buffer, done?: () => void): boolean => {
    if (!frames.owes) one.heardAt = performance.now();
    return write(frames.sent(chunk), done);
  }) as Socket['write'];
  socket.on('data', (chunk: Buffer) => {
    one.heardAt = performance.now();
    frames.received(chunk);
  });
  // The driver begins anew, at once and for ever, where a server hangs up in the middle of the start.
  socket.on('end', () => {
    if (!frames.isReady) socket.destroy(lost('The database server hung up while it started.', 'CONNECTION_CLOSED'));
  });
  socket.on('close', () => watched.delete(one));
  if (silentMs === 0) return;
  watched.add(one);
  looking ??= setInterval(endSilent, lookEachMs).unref();
}

function endSilent(): void {
  const now = performance.now();
  for (const { socket, frames, silentMs, heardAt } of watched)
    if (frames.owes && now - heardAt > silentMs)
      socket.destroy(lost(`The database server has said nothing for ${silentMs} ms.`, 'CONNECTION_SILENT'));
  if (watched.size > 0) return;
  clearInterval(looking);
  looking = undefined;
}
