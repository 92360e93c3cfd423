import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const startWithinMs = 30_000;
const stopWithinMs = 10_000;

export interface ChildServer {
  readonly processId: number;
  stop(): Promise<void>;
}

interface ServerStart {
  readonly env?: Readonly<Record<string, string>>;
  readonly answers: () => Promise<boolean>;
  /** What to do when the program is missing. */
  readonly remedy: string;
}

/** Starts a server of this program's own and waits until `answers` says it is up. It dies with this program. */
export async function startServer(
  command: string,
  args: readonly string[],
  { env, answers, remedy }: ServerStart,
): Promise<ChildServer> {
  const server = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  process.on('exit', () => server.kill('SIGKILL'));
  let complaints = '';
  server.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4_000);
  });
  server.on('error', (error) => {
    complaints += error.message;
  });
  const giveUp = performance.now() + startWithinMs;
  while (!(await answers().catch(() => false))) {
    if (server.pid === undefined || server.exitCode !== null || performance.now() > giveUp) {
      server.kill('SIGKILL');
      throw new Error(`${command} did not start: ${complaints.trim()}. ${remedy}`);
    }
    await wait(50);
  }
  if (server.pid === undefined) throw new Error(`${command} did not start: ${complaints.trim()}. ${remedy}`);
  return { processId: server.pid, stop: () => stop(server) };
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const forced = setTimeout(() => server.kill('SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(forced);
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1.');
  return address.port;
}
