// A Redis server for tests: one that is named, one that answers on this machine, or one of our own, which is always stopped.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../process/find-program.ts';
import { answers, untilItAnswers, type Greeting } from './ask-service.ts';
import { installDebianPackage } from './debian-package.ts';
import { freePort } from './free-port.ts';
import type { TestService } from './test-service.ts';

const greeting: Greeting = { port: 6379, says: Buffer.from('PING\r\n'), hears: Buffer.from('+PONG') };
const localUrl = 'redis://127.0.0.1:6379';
const startWithinMs = 20_000;

/** Throws an error that says what to run when no server can be had. */
export async function openTestRedis(): Promise<TestService> {
  const named = process.env.CHORALE_TEST_REDIS;
  if (named !== undefined && named !== '') return { url: named, origin: 'CHORALE_TEST_REDIS', close: async () => {} };
  if (await answers(new URL(localUrl), greeting))
    return { url: localUrl, origin: '127.0.0.1:6379', close: async () => {} };
  if (findProgram('redis-server', 'valkey-server') === undefined)
    await installDebianPackage('redis-server', 'Redis (for tests)');
  return await startPrivateRedis();
}

export interface PrivateRedisOptions {
  /** Settings as the program takes them; what they name last counts. */
  readonly settings?: readonly string[];
}

/** On a port that is free, unless one is named. */
export async function startPrivateRedis(
  portWanted?: number,
  { settings: wanted = [] }: PrivateRedisOptions = {},
): Promise<TestService> {
  const program = findProgram('redis-server', 'valkey-server');
  if (program === undefined) throw new Error('there is no redis-server on PATH: sudo apt-get install -y redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'chorale-redis-'));
  const port = portWanted ?? (await freePort());
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
    ...wanted,
  ];
  const server = spawn(program, settings, { stdio: 'ignore' });
  const close = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const url = `redis://127.0.0.1:${port}`;
  try {
    await untilItAnswers({ url: new URL(url), greeting, server, withinMs: startWithinMs });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, origin: `a private server on 127.0.0.1:${port}`, close };
}
